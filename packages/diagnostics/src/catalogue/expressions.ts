import type { Catalogue } from './entry.js'

/** Findings about CEL, jq and regular expressions. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const EXP = {
  EXP0001: {
    severity: 'error',
    reason: 'InvalidPattern',
    message: 'the regular expression {pattern} does not compile: {problem}',
    help: 'Write it in RE2 syntax: no look-around, no back-references, no \\uXXXX escapes, repetition counts up to 1000.',
    explain: `Kubernetes matches every pattern with RE2, and so do we: matching is linear in the length of the text, so a
hostile value cannot stall a process.

RE2 has no look-ahead, look-behind or back-references, knows \`\\x{41}\` where ECMAScript writes \`\\u0041\`, and limits
repetition counts to 1000. A pattern that needs one of these cannot be kept as it is: write the rule in CEL, or loosen the pattern.`,
  },
  EXP0101: {
    severity: 'error',
    reason: 'InvalidExpression',
    message: 'the CEL expression {expression} does not compile at line {line}, column {column}: {problem}',
    help: '{excerpt}',
    explain: `An expression is compiled when the RestDefinition is, so that a mistake shows before anything is sent. Known names are
\`self\` (the resource), \`observed\` (the object that the API returned in this reconcile), \`response\` (\`status\`, \`headers\`,
\`body\`), \`steps.<name>\`, \`item\` in \`forEach\`, \`value\` in \`normalize\`, \`now\`, and the functions \`added(path)\` and
\`removed(path)\`. Not every name means something at every place.

Functions are those that Kubernetes gives to the rules of a CRD: the standard library, strings, lists, sets, \`optional\`,
\`matches\` with RE2, \`url\`, \`ip\`, \`cidr\`, \`quantity\`, \`format\`, \`semver\`.`,
  },
  EXP0102: {
    severity: 'error',
    reason: 'InvalidExpression',
    message: 'the CEL expression {expression} gives {actual}, and {expected} is needed here',
    help: 'Compare with a value (`… == "ready"`), or convert with string().',
    explain: `Conditions such as \`readyWhen\`, \`when\` and \`absentWhen\` must give true or false. An expression whose type only running
can tell is accepted here, and fails then if it gives something else.`,
  },
  EXP0201: {
    severity: 'error',
    reason: 'InvalidProgram',
    message: 'the jq program {program} does not compile at line {line}, column {column}: {problem}',
    help: '{excerpt}',
    explain: `A program is compiled when the RestDefinition is, so that a mistake shows before anything is sent. The language is jq as
gojq speaks it: members of an object are visited in the order of their names, whole numbers are exact however long they are,
and patterns of \`test\`, \`match\`, \`sub\` … are RE2.

A program reads one value, \`.\`, and gives values back. It runs with a budget of steps.`,
  },
  EXP0202: {
    severity: 'error',
    reason: 'InvalidProgram',
    message: 'the jq program {program} uses {name} at line {line}, column {column}, which is not available: {why}',
    help: 'Leave it out; what the program needs from outside must come in its input.',
    explain: `Programs are pure: the same value gives the same result, on every machine and at every time, so that a plan can be
checked, replayed and compared. Clock, environment, files, further inputs and output on the side would break that.`,
  },
} as const satisfies Catalogue
