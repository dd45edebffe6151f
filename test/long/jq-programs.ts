/** Random jq programs over the part of the language that all implementations agree on, and values to run them on. */

import type { Random } from '../seeded.js'

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T
}

const LEAVES = ['.', '.', '.a', '.b', '.a?', '.[0]?', '.[]?', '..', '1', '2', '0', '"x"', 'null', 'true', 'false', '[]', '{}', '[1,2]', '{"a":1}', 'empty', '(1,2)']

/** Programs of one hole or two; `_` stands for what comes in. */
const FORMS = [
  '(_ | _)', '(_ | _)', '(_ | _)', '(_, _)', '[_]', '{"k": _}', '{a: _, b: _}', '(_ // _)', '(_ + _)', '(_ - _)', '(_ == _)', '(_ < _)', '(_ and _)', '(_ or _)',
  'if _ then _ else _ end', 'if _ then _ elif _ then _ else _ end', 'try (_) catch "c"', '(_)?', 'first(_)', 'last(_)', 'limit(2; _)', '[limit(3; _)]', 'isempty(_)',
  '(reduce (_) as $x (_; [., $x] | length))', '[foreach (_) as $x (0; . + 1; [$x, .])]', '((_) as $v | _)', '((_) as [$p, $q] | [$p, $q, _])', '((_) as {a: $p} | [$p, _])',
  'map(_)?', 'select(_)', '[.[]? | _]', 'path(.a?, .b?, .[]?)', 'path(..)', '[paths]', 'del(_)?', '(_ |= _)?', '(_ = _)?', 'to_entries?', '(objects | with_entries(.value |= _))?', 'any(_; . == 1)', 'all(_; . != null)',
  'sort_by(_)?', 'group_by(_)?', 'unique_by(_)?', 'min_by(_)?', 'max_by(_)?', 'walk(_)?', '[limit(4; recurse(_))]', '(label $out | (_ | if . == 1 then ., break $out else . end))',
  '(def f: _; f)', '(def f(g): _ | g; f(_))', '(def f($n): [$n, _]; f(_))', '[range(_; _)?] | .[0:5]', '"<\\(_)>"', '@json "v\\(_)"', '[_, _] | add?', '(_ | tostring)', '(_ | tojson)', '(_ | length)?', '(_ | keys)?',
  '(_ | not)', '(_ | type)', '(_ | add)?', '(_ | sort)?', '(_ | unique)?', '(_ | flatten)?', '(_ | join(","))?', '(_ | has("a"))?', 'getpath(["a", "b"])?', 'map_values(_)?', '[_] | contains([_])?', '(_ | tojson | test("1"))',
  '(_ | tojson | gsub("1"; "2"))', '[splits("a")?]', '((_ | tojson) * 2)', '[_, _] | sort | .[0]', '[_] | index(_)?', '[_] | unique | length', '[_, 1] | min', 'pick(.a)?', '.["a"]?', '.[1:]?', '(_ | tostream)', 'fromstream(_ | tostream)',
]

export function randomProgram(random: Random, depth: number): string {
  if (depth === 0 || random() < 0.15) return pick(random, LEAVES)
  return pick(random, FORMS).replace(/_/g, (hole, at: number, form: string) => (/\w/.test(form[at - 1] ?? '') || /\w/.test(form[at + 1] ?? '') ? hole : randomProgram(random, depth - 1)))
}

export const VALUES = [
  'null', 'true', '1', '-3', '2.5', '"a"', '"1,a"', '[]', '[1,2,3]', '[[1],[2,null]]', '{"a":1,"b":2}', '{"a":{"b":[1,"x"]},"b":null}', '[{"a":1,"b":"x"},{"a":2},{"a":1}]', '[3,"x",null,true,{"a":0},[1]]',
]
