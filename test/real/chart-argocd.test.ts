import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '@oasgen/json'
import { isArray, isObject } from '@oasgen/json'
import { ROOT, run, tryRun } from './chart-run.js'

const lua = (await Promise.all(['lua5.4', 'lua'].map(async (name) => ((await tryRun(name, ['-v'])).code === 0 ? name : undefined)))).find((name) => name !== undefined)
if (lua === undefined) process.stderr.write('not run: no lua is installed (10 rows of Argo CD health)\n')
const health = readFileSync(join(ROOT, 'deploy/argocd/health.lua'), 'utf8')

const ready = { type: 'Ready', status: 'True', message: '' }
const rows: readonly { name: string; object: JsonObject; want: string; reason: string }[] = [
  { name: 'nothing was said yet', object: {}, want: 'Progressing was not looked at yet', reason: 'a fresh object is not healthy' },
  { name: 'ready', object: { status: { observedGeneration: 2, conditions: [ready] } }, want: 'Healthy', reason: 'the usual case' },
  { name: 'ready, by the generation before', object: { status: { observedGeneration: 1, conditions: [ready] } }, want: 'Progressing the last change was not looked at yet', reason: 'a sync must wait for its own change' },
  { name: 'never looked at', object: { status: { observedGeneration: -1 } }, want: 'Progressing was not looked at yet', reason: 'the default of our CRDs' },
  { name: 'stalled', object: { status: { conditions: [{ type: 'Ready', status: 'False', message: '' }, { type: 'Stalled', status: 'True', message: 'refused' }] } }, want: 'Degraded refused', reason: 'a person must act' },
  { name: 'stalled, though the last Plan serves', object: { status: { conditions: [ready, { type: 'Stalled', status: 'True', message: 'the document is broken' }] } }, want: 'Degraded the document is broken', reason: 'what was applied last does not work' },
  { name: 'reconciling', object: { status: { conditions: [{ type: 'Ready', status: 'False', message: 'x' }, { type: 'Reconciling', status: 'True', message: 'waits for 202' }] } }, want: 'Progressing waits for 202', reason: 'the message says for what' },
  { name: 'being deleted', object: { metadata: { generation: 2, deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { conditions: [ready] } }, want: 'Progressing is being deleted', reason: 'finalizers take a while' },
  { name: 'paused', object: { metadata: { generation: 2, annotations: { 'krateo.io/paused': 'true' } } }, want: 'Suspended paused by krateo.io/paused', reason: 'Argo has a word for it' },
  { name: 'a Configuration', object: { kind: 'BookConfiguration' }, want: 'Healthy', reason: 'it has no status' },
]

describe.skipIf(lua === undefined)(`health for Argo CD${lua === undefined ? ' (not run: no lua is installed)' : ''}`, () => {
  it.each(rows)('$name: $reason', async ({ object, want }) => {
    const whole = { apiVersion: 'shop.example/v1alpha1', kind: 'Book', metadata: { name: 'x', generation: 2 }, ...object }
    const program = `obj = ${table(whole)}\nlocal function judge()\n${health}\nend\nlocal h = judge()\nprint(h.status .. " " .. (h.message or ""))`
    expect((await run(lua ?? '', ['-'], { input: program })).trim()).toBe(want)
  })
})

function table(value: JsonValue): string {
  if (isArray(value)) return `{${value.map(table).join(', ')}}`
  if (isObject(value)) return `{${Object.entries(value).map(([name, member]) => `[${JSON.stringify(name)}] = ${table(member)}`).join(', ')}}`
  return JSON.stringify(value)
}
