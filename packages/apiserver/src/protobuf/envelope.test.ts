import { describe, expect, it } from 'vitest'
import { decodeEnvelope } from './envelope.js'

/** Just enough of an encoder to write the bodies that clients send. */
const varint = (value: number): number[] => (value < 0x80 ? [value] : [value & 0x7f | 0x80, ...varint(value >>> 7)])
const bytes = (number: number, content: readonly number[]): number[] => [...varint(number << 3 | 2), ...varint(content.length), ...content]
const text = (number: number, value: string): number[] => bytes(number, [...Buffer.from(value)])
const int = (number: number, value: number): number[] => [...varint(number << 3), ...varint(value)]
const envelope = (apiVersion: string, kind: string, raw: readonly number[]): Uint8Array =>
  Uint8Array.from([0x6b, 0x38, 0x73, 0, ...bytes(1, [...text(1, apiVersion), ...text(2, kind)]), ...bytes(2, raw)])

describe('protobuf bodies', () => {
  it('reads maps, nested messages and unknown fields', () => {
    const raw = [...bytes(1, text(1, 'c1')), ...bytes(2, [...text(1, 'a'), ...text(2, 'b')]), ...bytes(2, [...text(1, 'c'), ...text(2, '')]), ...int(99, 5)]
    expect(decodeEnvelope(envelope('v1', 'ConfigMap', raw))).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c1' }, data: { a: 'b', c: '' } })
  })

  it('reads lists, numbers, bytes and members in place', () => {
    const volume = [...text(1, 'v'), ...bytes(2, bytes(2, []))]
    const container = [...text(1, 'c'), ...bytes(6, int(3, 80))]
    const raw = [...bytes(2, [...bytes(1, volume), ...bytes(2, container), ...int(4, 30)])]
    expect(decodeEnvelope(envelope('v1', 'Pod', raw))).toEqual({
      kind: 'Pod', apiVersion: 'v1', spec: { volumes: [{ name: 'v', emptyDir: {} }], containers: [{ name: 'c', ports: [{ containerPort: 80 }] }], terminationGracePeriodSeconds: 30 },
    })
    expect(decodeEnvelope(envelope('v1', 'Secret', bytes(2, [...text(1, 'k'), ...bytes(2, [1, 2, 255])])))).toMatchObject({ data: { k: 'AQL/' } })
  })

  it('reads the schema of a CRD, which has a JSON form of its own', () => {
    const json = (number: number, value: string): number[] => bytes(number, text(1, value))
    const double = (number: number, value: number): number[] => [...varint(number << 3 | 1), ...new Uint8Array(Float64Array.of(value).buffer)]
    const entry = (number: number, key: string, schema: readonly number[]): number[] => bytes(number, [...text(1, key), ...bytes(2, schema)])
    const size = [...text(1, ''), ...text(5, 'integer'), ...json(8, '7'), ...double(11, 0.5), ...int(12, 0), ...int(13, 9)]
    const list = [...text(5, 'array'), ...bytes(24, bytes(1, text(5, 'string'))), ...text(42, 'set'), ...json(20, '["a"]'), ...json(20, 'null')]
    const open = [...text(5, 'object'), ...bytes(30, int(1, 1)), ...bytes(44, [...text(1, 'self.x'), ...text(2, ''), ...int(6, 0)])]
    const closed = [...text(5, 'object'), ...bytes(30, [...int(1, 1), ...bytes(2, text(5, 'boolean'))]), ...int(38, 0), ...int(40, 0)]
    const schema = [...text(5, 'object'), ...text(23, 'size'), ...entry(29, 'size', size), ...entry(29, 'list', list), ...entry(29, 'open', open), ...entry(29, 'closed', closed)]
    const raw = bytes(2, [...text(1, 'a.b'), ...bytes(7, [...text(1, 'v1'), ...bytes(4, bytes(1, schema))])])
    expect(decodeEnvelope(envelope('apiextensions.k8s.io/v1', 'CustomResourceDefinition', raw))).toMatchObject({ spec: { versions: [{ schema: { openAPIV3Schema: {
      type: 'object', required: ['size'],
      properties: {
        size: { type: 'integer', default: 7, minimum: 0.5, maxLength: 9 },
        list: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', enum: [['a'], null] },
        open: { type: 'object', additionalProperties: true, 'x-kubernetes-validations': [{ rule: 'self.x', optionalOldSelf: false }] },
        closed: { type: 'object', additionalProperties: { type: 'boolean' }, 'x-kubernetes-preserve-unknown-fields': false },
      },
    } } }] } })
  })

  it.each([
    { reason: 'kinds without a table', body: envelope('a.b/v1', 'Book', []), want: undefined },
    { reason: 'bytes that are no envelope', body: Uint8Array.from([1, 2, 3]), want: expect.stringContaining('expected prefix') },
    { reason: 'a length beyond the end', body: envelope('v1', 'ConfigMap', [0x0a, 0x7f]), want: expect.stringContaining('unexpected end') },
    { reason: 'a number that never ends', body: envelope('v1', 'ConfigMap', Array<number>(12).fill(0xff)), want: expect.stringContaining('longer than ten bytes') },
    { reason: 'text that is no UTF-8', body: envelope('v1', 'ConfigMap', bytes(1, bytes(1, [0xff]))), want: expect.stringContaining('proto:') },
  ])('refuses $reason', ({ body, want }) => {
    expect(decodeEnvelope(body)).toEqual(want)
  })
})
