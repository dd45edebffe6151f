import type { JsonValue } from '@oasgen/json'

/** A jq program as it is written. `at` is an offset in UTF-16 units, kept where a finding may point. */
export type Query =
  | { readonly kind: 'identity' }
  | { readonly kind: 'recurse' }
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'text'; readonly parts: readonly (string | Query)[]; readonly format: string | undefined; readonly at: number }
  | { readonly kind: 'format'; readonly name: string; readonly at: number }
  | (Suffix & { readonly kind: 'index'; readonly key: Query })
  | (Suffix & { readonly kind: 'slice'; readonly from: Query | undefined; readonly to: Query | undefined })
  | (Suffix & { readonly kind: 'iterate' })
  | { readonly kind: 'array'; readonly body: Query | undefined }
  | { readonly kind: 'object'; readonly entries: readonly ObjectEntry[] }
  | { readonly kind: 'negate'; readonly of: Query }
  | { readonly kind: 'pipe'; readonly left: Query; readonly right: Query }
  | { readonly kind: 'comma'; readonly left: Query; readonly right: Query }
  | { readonly kind: 'and'; readonly left: Query; readonly right: Query }
  | { readonly kind: 'or'; readonly left: Query; readonly right: Query }
  | { readonly kind: 'alternative'; readonly left: Query; readonly right: Query }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Query; readonly right: Query }
  | { readonly kind: 'assign'; readonly operator: AssignOperator; readonly left: Query; readonly right: Query }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: Query | undefined }
  | { readonly kind: 'try'; readonly body: Query; readonly handler: Query | undefined }
  | { readonly kind: 'reduce'; readonly source: Query; readonly pattern: Pattern; readonly init: Query; readonly update: Query }
  | {
      readonly kind: 'foreach'
      readonly source: Query
      readonly pattern: Pattern
      readonly init: Query
      readonly update: Query
      readonly extract: Query | undefined
    }
  | { readonly kind: 'bind'; readonly source: Query; readonly patterns: readonly Pattern[]; readonly body: Query }
  | { readonly kind: 'label'; readonly name: string; readonly body: Query }
  | { readonly kind: 'break'; readonly name: string; readonly at: number }
  | { readonly kind: 'define'; readonly definition: Definition; readonly rest: Query }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Query[]; readonly at: number }
  | { readonly kind: 'variable'; readonly name: string; readonly at: number }

/** What is hung on a term. `?` right behind it forgives this one step, not the term in front. */
export interface Suffix {
  readonly of: Query
  readonly optional: boolean
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>='
export type AssignOperator = '=' | '|=' | '//=' | '+=' | '-=' | '*=' | '/=' | '%='

export interface ObjectEntry {
  readonly key: Query
  readonly value: Query
}

export interface Branch {
  readonly condition: Query
  readonly body: Query
}

/** `def name(a; $b): body;` – a parameter with `$` is a value, any other a filter. */
export interface Definition {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: Query
}

export type Pattern =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Pattern[] }
  | { readonly kind: 'object'; readonly members: readonly PatternMember[] }

export interface PatternMember {
  readonly key: Query
  /** `{$name}` and `{$name: pattern}` bind the member itself too. */
  readonly variable: string | undefined
  readonly pattern: Pattern | undefined
}
