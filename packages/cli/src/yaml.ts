import { dump } from 'js-yaml'
import { toPlain, type JsonValue } from '@oasgen/json'

/** Kubernetes style: sorted keys, block form, strings quoted only where they must be. */
export function printYaml(value: JsonValue): string {
  return dump(toPlain(value), { sortKeys: true, lineWidth: -1, noRefs: true, noCompatMode: true })
}
