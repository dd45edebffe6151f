import { textOf, isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'

export interface Column {
  readonly name: string
  readonly priority: number
}

/** The server's own Table, as kubectl prints it. */
export interface ServerTable {
  readonly columns: readonly Column[]
  readonly rows: readonly { readonly cells: readonly string[]; readonly object: JsonObject }[]
}

export function readTable(value: JsonValue): ServerTable | undefined {
  if (!isObject(value) || value.kind !== 'Table') return undefined
  const columns = arrayOf(value.columnDefinitions).filter(isObject).map((column) => ({
    name: textOf(column.name), priority: typeof column.priority === 'number' ? column.priority : 0,
  }))
  const rows = arrayOf(value.rows).filter(isObject).map((row) => ({
    cells: arrayOf(row.cells).map(cellText), object: isObject(row.object) ? row.object : {},
  }))
  return { columns, rows }
}

function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isArray(value) ? value : []
}

function cellText(value: JsonValue): string {
  if (value === null) return '<none>'
  return isObject(value) || isArray(value) ? JSON.stringify(value) : String(value)
}

export interface TableOptions {
  readonly wide: boolean
  readonly namespaces: boolean
  readonly header: boolean
  /** `book.bookshop.example/`, when several kinds are listed. */
  readonly prefix: string
}

export function printTable(table: ServerTable, options: TableOptions): string {
  const shown = table.columns.map((column, index) => ({ column, index })).filter(({ column }) => options.wide || column.priority === 0)
  const header = [...(options.namespaces ? ['NAMESPACE'] : []), ...shown.map(({ column }) => column.name.toUpperCase())]
  const rows = table.rows.map(({ cells, object }) => {
    const namespace = isObject(object.metadata) ? textOf(object.metadata.namespace) : ''
    const texts = shown.map(({ index }) => `${index === 0 ? options.prefix : ''}${cells[index] ?? ''}`)
    return options.namespaces ? [namespace, ...texts] : texts
  })
  return alignColumns(options.header ? [header, ...rows] : rows)
}

/** Columns padded to their widest cell plus three, the last one not at all. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)))
  return rows.map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd((widths[index] ?? 0) + 3))).join('').trimEnd()).map((line) => `${line}\n`).join('')
}
