import { isArray, isNumber, isObject, type JsonArray, type JsonObject, type JsonValue, numberText } from '@oasgen/json'

/** A value as block YAML that every reader takes for the same value: plain words only where no reader sees something else in them. */
export function printYaml(value: JsonValue): string {
  return `${lines(value).join('\n')}\n`
}

function lines(value: JsonValue): readonly string[] {
  if (isObject(value) && Object.keys(value).length > 0) return objectLines(value)
  if (isArray(value) && value.length > 0) return arrayLines(value)
  return [scalar(value)]
}

function objectLines(value: JsonObject): readonly string[] {
  return Object.entries(value).flatMap(([name, child]) => member(`${key(name)}:`, child))
}

function member(head: string, child: JsonValue): readonly string[] {
  if (typeof child === 'string' && isBlock(child)) return blockLines(head, child)
  const below = lines(child)
  if (isObject(child) && Object.keys(child).length > 0) return [head, ...below.map(indented)]
  if (isArray(child) && child.length > 0) return [head, ...below]
  return [`${head} ${below[0] ?? ''}`]
}

function arrayLines(value: JsonArray): readonly string[] {
  return value.flatMap((item) => {
    if (typeof item === 'string' && isBlock(item)) return blockLines('-', item)
    const [first = '', ...rest] = lines(item)
    return [`- ${first}`, ...rest.map(indented)]
  })
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`
}

/** Texts of several lines stay readable, as long as a block keeps every letter of them. */
function isBlock(text: string): boolean {
  const lossless = !/[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]|^\s|[ \t]\n|[ \t]$/.test(text) && !text.endsWith('\n\n')
  return text.includes('\n') && lossless && text.trim() !== ''
}

function blockLines(head: string, text: string): readonly string[] {
  const ends = text.endsWith('\n')
  const body = (ends ? text.slice(0, -1) : text).split('\n')
  return [`${head} |${ends ? '' : '-'}`, ...body.map(indented)]
}

function key(name: string): string {
  return isPlain(name) ? name : JSON.stringify(name)
}

function scalar(value: JsonValue): string {
  if (typeof value === 'string') return isPlain(value) ? value : quoted(value)
  if (isNumber(value)) return numberText(value)
  if (isArray(value)) return '[]'
  return isObject(value) ? '{}' : String(value)
}

/** Words that some version of YAML reads as boolean, null, number or date are quoted. */
function isPlain(text: string): boolean {
  if (!/^[A-Za-z_/$.][A-Za-z0-9_/.$@+ (),;!?<>=*&%~^-]*$/.test(text) && !/^[A-Za-z_][\w ./()'",;+-]*[\w)."']$/.test(text)) return false
  if (/[ ]$|: |:$| #/.test(text) || text.length > 200) return false
  return !/^(?:y|n|yes|no|on|off|true|false|null|nan|\.nan|[-+]?\.inf|~|\.|\.\.|[-+.]?\d.*)$/i.test(text)
}

function quoted(text: string): string {
  const single = !/[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(text)
  return single && !text.includes('\'') ? `'${text}'` : JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
