import type { Fix } from '@oasgen/diagnostics'
import { isArray, isObject, readPointer, type JsonObject, type JsonValue } from '@oasgen/json'
import { childOf, valueAt } from './pointer.js'
import type { SourceDocument } from './source-document.js'

/** A place as the target of an overlay names it: `$.paths['/pets'].get.parameters[0]`. */
export function overlayTarget(root: JsonValue, pointer: string): string {
  let target = '$'
  let value: JsonValue | undefined = root
  for (const token of readPointer(pointer) ?? []) {
    target += isArray(value) ? `[${token}]` : /^[A-Za-z_]\w*$/.test(token) ? `.${token}` : `['${token.replaceAll(/['\\]/g, '\\$&')}']`
    value = childOf(value, token)
  }
  return target
}

interface FixAt {
  readonly source: SourceDocument
  readonly pointer: string
}

interface With {
  readonly fix?: Fix
}

/** Overlays reach the document itself and none of the files that it refers to. */
function overlay({ source, pointer }: FixAt, title: string, action: { readonly update: JsonObject } | { readonly remove: true }): With {
  if (source.role !== 'document') return {}
  return { fix: { kind: 'overlay', title, actions: [{ target: overlayTarget(source.root, pointer), ...action }] } }
}

export function updateFix(at: FixAt, title: string, update: JsonObject): With {
  if (!isObject(valueAt(at.source.root, at.pointer))) return {}
  return overlay(at, title, { update })
}

/** For what is ignored anyway: without it the document says the same and nobody is told again. */
export function removalFix(at: FixAt, title: string): With {
  return overlay(at, title, { remove: true })
}
