/**
 * Names that stand twice in one object of a JSON text, as paths (`spec.a`, `list[0].b`). The text has been read before, so it
 * is well formed; only its structure is followed here. Bounded: after a hundred there is nothing more to learn.
 */
export function duplicateFields(text: string): readonly string[] {
  const found: string[] = []
  const scan = new Scan(text, found)
  scan.value('')
  return found
}

const LIMIT = 100

class Scan {
  readonly #text: string
  readonly #found: string[]
  #at = 0

  constructor(text: string, found: string[]) {
    this.#text = text
    this.#found = found
  }

  value(path: string): void {
    this.#space()
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b: return this.#object(path)
      case 0x5b: return this.#array(path)
      case 0x22: this.#string(); return
      default: return this.#scalar()
    }
  }

  #object(path: string): void {
    this.#at++
    const names = new Set<string>()
    for (;;) {
      this.#space()
      if (this.#text.charCodeAt(this.#at) === 0x7d) { this.#at++; return }
      const name = this.#string()
      const place = path === '' ? name : `${path}.${name}`
      if (names.has(name) && this.#found.length < LIMIT) this.#found.push(place)
      names.add(name)
      this.#space()
      this.#at++ // colon
      this.value(place)
      this.#space()
      if (this.#text.charCodeAt(this.#at) === 0x2c) this.#at++
    }
  }

  #array(path: string): void {
    this.#at++
    for (let index = 0; ; index++) {
      this.#space()
      if (this.#text.charCodeAt(this.#at) === 0x5d) { this.#at++; return }
      this.value(`${path}[${index}]`)
      this.#space()
      if (this.#text.charCodeAt(this.#at) === 0x2c) this.#at++
    }
  }

  #string(): string {
    const start = ++this.#at
    let escaped = false
    for (let end = this.#text.indexOf('"', start); ; end = this.#text.indexOf('"', end + 1)) {
      let slashes = 0
      while (this.#text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++
      if (slashes > 0) escaped = true
      if (slashes % 2 === 1) continue
      this.#at = end + 1
      const raw = this.#text.slice(start, end)
      return escaped || raw.includes('\\') ? JSON.parse(`"${raw}"`) as string : raw
    }
  }

  #scalar(): void {
    while (this.#at < this.#text.length && !',]} \n\r\t'.includes(this.#text[this.#at] as string)) this.#at++
  }

  #space(): void {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? 'x')) this.#at++
  }
}
