import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { isArray, readJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { applyDefaults, judgeCrd, printViolation, prune, readSchema, schemaOfVersion, validateObject } from './index.js'

/** One definition or object per rule, with what kube-apiserver 1.36 says of it. */
const folder = new URL('../../../specs/structural/', import.meta.url)
const names = readdirSync(folder).filter((name) => !name.endsWith('.md')).sort()

function read(name: string, file: string): JsonValue {
  const result = readJson(readFileSync(new URL(`${name}/${file}`, folder), 'utf8'))
  if (!result.ok) throw new Error(`${name}/${file}: ${result.message}`)
  return result.value
}

function expected(name: string): readonly string[] {
  const texts = read(name, 'expected.json')
  return isArray(texts) ? texts.filter((text) => typeof text === 'string').sort() : []
}

describe('definitions that break a rule', () => {
  it.each(names.filter((name) => !name.startsWith('object-')))('%s', (name) => {
    expect(judgeCrd(read(name, 'crd.json') as JsonObject).map(printViolation).sort()).toEqual(expected(name))
  })
})

describe('objects that break a rule', () => {
  it.each(names.filter((name) => name.startsWith('object-')))('%s', (name) => {
    const crd = read(name, 'crd.json') as JsonObject
    const { value: schema } = readSchema(schemaOfVersion(crd, 'v1') ?? null)
    const old = existsSync(new URL(`${name}/old.json`, folder)) ? read(name, 'old.json') as JsonObject : undefined
    expect(judgeCrd(crd)).toEqual([])
    const object = applyDefaults(schema ?? {}, prune(schema ?? {}, read(name, 'object.json') as JsonObject).value)
    expect(validateObject(schema ?? {}, object, old).map(printViolation).sort()).toEqual(expected(name))
  })
})
