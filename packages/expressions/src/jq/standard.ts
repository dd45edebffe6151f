import type { Definition } from './ast.js'
import { parseJq } from './parser.js'

/** Functions of the standard library that are written in jq itself, by name and number of parameters. */
const STANDARD: ReadonlyMap<string, string> = new Map(
  [
    'def first: .[0];',
    'def last: .[-1];',
    'def nth($n): .[$n];',
    'def in(xs): . as $x | xs | has($x);',
    'def inside(xs): . as $x | xs | contains($x);',
    'def paths: path(..) | select(length > 0);',
    'def paths(f): path(.. | select(f)) | select(length > 0);',
    'def leaf_paths: paths(scalars);',
    'def with_entries(f): to_entries | map(f) | from_entries;',
    'def walk(f): def w: if type == "array" then map(w) elif type == "object" then map_values(w) else . end | f; w;',
    'def recurse_down: recurse;',
    'def finites: select(isinfinite or isnan | not);',
    'def normals: select(isnormal);',
    'def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;',
    'def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;',
    'def truncate_stream(f): . as $depth | null | f | if (.[0] | length) > $depth then .[0] |= .[$depth:] else empty end;',
    'def truncate_stream(depth; f): depth | truncate_stream(f);',
    'def INDEX(f): INDEX(.[]; f);',
    'def INDEX(s; f): reduce s as $row ({}; .[$row | f | tostring] |= $row);',
    'def IN(s): any(s == .; .);',
    'def IN(s; set): any(s == set; .);',
    'def splits($re): splits($re; null);',
    'def splits($re; flags): split($re; flags) | .[];',
    'def ascii: [.] | implode;',
    'def todate: strftime("%Y-%m-%dT%H:%M:%SZ");',
    'def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%S%z") | mktime;',
    'def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");',
    'def fromdate: fromdateiso8601;',
    'def date: todate;',
    'def datesub(u; n): . - n;',
    'def dateadd(u; n): . + n;',
  ].map((source) => [signatureOf(source), source] as const),
)

function signatureOf(source: string): string {
  const [, name = '', parameters] = /^def (\w+)(?:\(([^)]*)\))?:/.exec(source) ?? []
  return `${name}/${parameters === undefined ? 0 : parameters.split(';').length}`
}

export function parseStandard(signature: string): Definition | undefined {
  const source = STANDARD.get(signature)
  if (source === undefined) return undefined
  const query = parseJq(source)
  return query.kind === 'define' ? query.definition : undefined
}
