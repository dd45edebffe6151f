/**
 * Why a keyword of a document is not carried as it stands. The page `docs/fidelity.md` is made from this table; an entry of a report
 * without one of these rules cannot be made.
 */
export const FIDELITY_RULES = {
  compatible: 'A definition with `schema: compatible` is as wide as the reference: types, required, enum and nullable are carried, other constraints are not. `schema: strict` carries them.',
  defaults: 'A default of the document is not written into the CRD: the API server would write it into users\' objects on every read, where it goes stale. The comparison knows it instead.',
  'structural-junctor': 'Below oneOf, anyOf, allOf and not a structural schema may only repeat constraints of properties that are declared outside of them; types, titles and additionalProperties are not allowed there.',
  'structural-type': 'Every field of a structural schema has exactly one type. Several types have no form, except whole number or text (int-or-string); everything else becomes a field of any type.',
  'union-merged': 'The branches of a union become one object with the fields of all of them, because the branches cannot have their own types.',
  'empty-text': 'A branch that takes nothing but the empty text is how some APIs remove a value. The field keeps the type of the other branches; leaving it out, with whenRemoved, says the same.',
  'null-branch': '`{type: object, nullable: true}` beside other members of a union is how generators of OpenAPI 3.0 write that the value may be null. It is read so, and other objects are not taken.',
  'float-text': 'A number that may be a text where it is infinite or not a number is a number in the spec: no structural form takes numbers and texts, and a desired state is finite.',
  'union-relaxed': 'oneOf is weakened to anyOf where its branches only differ by what they require: a value that fulfils two of them would be refused although the API takes it.',
  'intersection-conflict': 'The members of an allOf contradict each other. What the first one says is kept.',
  'body-count': 'The spec holds parameters beside the fields of the body, so their number says nothing about the body.',
  'free-form': 'An object of which the document names no field keeps whatever it is given.',
  'map-with-fields': 'properties and a schema in additionalProperties exclude each other; further fields are kept without a type.',
  'no-closed-objects': 'additionalProperties: false has no form in a structural schema; unknown fields are pruned all the same.',
  'no-tuples': 'items is one schema for all elements; positions cannot have their own.',
  recursion: 'A schema cannot refer to itself. It is unrolled while it fits the size budget; its last level keeps the plain fields, and whatever else it holds is taken as it comes.',
  size: 'The kind would be larger than the API server and its store accept; the deepest levels keep their plain fields, and whatever else they hold is taken as it comes.',
  're2': 'Patterns are compiled by Go\'s RE2, which has no look-around and no back-references; one that does not compile makes the whole CRD invalid.',
  're2-approximated': 'A part of the pattern that RE2 does not know is left out, so that the rest is still checked.',
  'format-meaning': 'The API server checks this format by other rules than OpenAPI means, so it would refuse values that the API takes.',
  'format-unknown': 'The API server does not know the format. It is told in the description.',
  'enum-null': 'An enum refuses null even when it lists it. null is left to a CEL rule where one is affordable, else it counts as absent.',
  'enum-type': 'A value of the enum does not have the type of the field.',
  'enum-size': 'The enum is longer than the size budget allows.',
  bound: 'The bound says nothing that the type does not say, or cannot be held exactly by the API server.',
  'unique-items': 'uniqueItems is forbidden, because checking it is quadratic. Lists of scalars become sets; others are not checked.',
  'required-unknown': 'A required field that no part of the schema declares would be pruned and then missed.',
  'required-read-only': 'A field that the API fills cannot be required of the user.',
  'no-form': 'The keyword has no counterpart in the schema of a CRD.',
  not: 'not is carried only where it forbids fields that are declared to stand together, or values of a scalar, and says nothing else.',
  'status-open': 'The status takes what the API answers, so that a surprise never lets the whole status fail: only types are carried.',
  'string-fallback': 'No answer of the document has the field. It is typed as text, as in the reference.',
  'definition-relaxed': 'The definition says that the document is wrong about this field.',
  'cel-cost': 'The rule would cost more than the API server allows for a schema, because a list or text above it has no bound.',
  'cel-place': 'A rule about changes cannot stand below a list whose elements have no identity.',
  'description-budget': 'Descriptions are cut to their budget, so that the CRD stays small.',
} as const

export type FidelityRule = keyof typeof FIDELITY_RULES

/** The page of the documentation. */
export function renderFidelityRules(): string {
  const rows = Object.entries(FIDELITY_RULES).map(([rule, why]) => `| \`${rule}\` | ${why} |`)
  return [
    '# Why a keyword is not carried', '',
    'Each entry of a fidelity report that is not `carried` names one of these rules. Made from the table of the `crd` package; do not edit.', '',
    '| rule | why |', '|---|---|', ...rows, '',
  ].join('\n')
}
