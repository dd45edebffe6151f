import type { JsonObject } from '@oasgen/json'
import { writeJson } from '@oasgen/json'
import { isUntyped, type Structural } from '../lower/structural.js'
import type { SizeReport } from './report.js'

export interface Leaves {
  readonly leaves: number
  readonly untyped: readonly string[]
}

/** Leaves of a tree: fields without fields of their own. One that takes anything is untyped. */
export function countLeaves(node: Structural, field: string): Leaves {
  let leaves = 0
  const untyped: string[] = []
  const visit = (each: Structural, at: string): void => {
    const children = childrenOf(each, at)
    if (children.length > 0) for (const [child, below] of children) visit(child, below)
    else {
      leaves += 1
      if (isUntyped(each) || (each.type === 'object' && each['x-kubernetes-preserve-unknown-fields'] === true)) untyped.push(at)
    }
  }
  visit(node, field)
  return { leaves, untyped }
}

function childrenOf(node: Structural, field: string): readonly (readonly [Structural, string])[] {
  const fields = Object.entries(node.properties ?? {}).map(([name, child]) => [child, `${field}.${name}`] as const)
  return [
    ...fields,
    ...(node.items ? [[node.items, `${field}[]`] as const] : []),
    ...(node.additionalProperties ? [[node.additionalProperties, `${field}.*`] as const] : []),
  ]
}

/** How many subtrees are named. */
const SHOWN = 5

export function measureSize(crd: JsonObject, spec: Structural, status: Structural | undefined): SizeReport {
  const parts = [...childrenOf(spec, 'spec'), ...(status ? childrenOf(status, 'status') : [])]
  const sized = parts.map(([node, field]) => ({ field, bytes: byteLength(node) })).toSorted((a, b) =>
    b.bytes - a.bytes || (a.field < b.field ? -1 : 1),
  )
  return { bytes: byteLength(crd), fattest: sized.slice(0, SHOWN) }
}

export function byteLength(value: object): number {
  const text = writeJson(value as JsonObject)
  let bytes = text.length
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}
