import fc from 'fast-check'
import { Decimal, type JsonValue } from './index.js'

/** Any value that can be read: exact numbers, odd names and all. */
export const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt().map((integer) => (integer >= -(2n ** 53n) && integer <= 2n ** 53n ? Number(integer) : integer)),
    fc.tuple(fc.bigInt(), fc.nat()).map(([whole, fraction]) => new Decimal(`${whole}.${fraction}0000000000000000001`)),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toString'), fc.string()), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
