/** A text that a pattern accepts, for samples: a small reader of the usual forms. `undefined`: the pattern is beyond it. */
export function textFor(pattern: string): string | undefined {
  const known = CANDIDATES.find((text) => accepts(pattern, text))
  if (known !== undefined) return known
  const built = buildText(pattern)
  return built !== undefined && accepts(pattern, built) ? built : undefined
}

export function accepts(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    try {
      return new RegExp(pattern).test(text)
    } catch {
      return false
    }
  }
}

const CANDIDATES = [
  'conform', 'Conform', 'conform-1', 'a', '1', '10', '1.0', '1.0.0', 'v1.0.0', '10.0.0.1', '10.0.0.0/24', 'conform.example.com', 'a@example.com',
  'https://conform.example/x', '2026-01-01', '2026-01-01T00:00:00Z', '00000000-0000-4000-8000-000000000001', '/conform', '#00ff00', '00:11:22:33:44:55', 'CONFORM',
  'us-east-1', 'en-US', '1h', '30s', '10Gi', '100m', '00112233445566778899aabb', 'Y29uZm9ybQ==',
]

interface Reader {
  readonly source: string
  at: number
}

function buildText(pattern: string): string | undefined {
  const reader: Reader = { source: pattern, at: 0 }
  const text = alternatives(reader)
  return reader.at === pattern.length ? text : undefined
}

function alternatives(reader: Reader): string | undefined {
  const first = sequence(reader)
  while (reader.source[reader.at] === '|') {
    reader.at++
    sequence(reader)
  }
  return first
}

function sequence(reader: Reader): string | undefined {
  let text = ''
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] ?? '')) {
    const one = atom(reader)
    if (one === undefined) return undefined
    text += one.repeat(times(reader))
  }
  return text
}

function times(reader: Reader): number {
  const rest = reader.source.slice(reader.at)
  const found = /^(?:\{(\d+)(?:,\d*)?\}|[?*+])[?+]?/.exec(rest)
  if (found === null) return 1
  reader.at += found[0].length
  return found[1] === undefined ? (found[0].startsWith('+') ? 1 : 0) : Number(found[1])
}

function atom(reader: Reader): string | undefined {
  const char = reader.source[reader.at++] ?? ''
  switch (char) {
    case '^': case '$': return ''
    case '.': return 'a'
    case '(': return group(reader)
    case '[': return oneOfClass(reader)
    case '\\': return escaped(reader.source[reader.at++] ?? '')
    default: return char
  }
}

function group(reader: Reader): string | undefined {
  const head = /^\?(?::|<[\w]+>|P<[\w]+>)/.exec(reader.source.slice(reader.at))
  if (head !== null) reader.at += head[0].length
  else if (reader.source[reader.at] === '?') return undefined
  const text = alternatives(reader)
  if (reader.source[reader.at++] !== ')') return undefined
  return text
}

function escaped(char: string): string | undefined {
  if (char === 'd') return '1'
  if (char === 'w') return 'a'
  if (char === 's') return ' '
  if (char === 'b' || char === 'z' || char === 'A') return ''
  return /[A-Za-z]/.test(char) ? undefined : char
}

function oneOfClass(reader: Reader): string | undefined {
  const end = classEnd(reader)
  const body = reader.source.slice(reader.at, end)
  reader.at = end + 1
  const pattern = `^[${body}]$`
  return [...'a1A-_./:0 xF+=@#'].find((char) => accepts(pattern, char)) ?? (body.startsWith('^') ? undefined : body[0])
}

function classEnd({ source, at }: Reader): number {
  for (let index = at; index < source.length; index++) {
    if (source[index] === '\\') index++
    else if (source[index] === ']' && index > at) return index
  }
  return source.length
}
