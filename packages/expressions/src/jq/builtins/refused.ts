const IMPURE = 'a program gives the same result for the same value, whenever and wherever it runs'
const NO_OUTPUT = 'a program has no output but its result'

/** What jq has and a program here must not use, with the reason. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ['input', 'a program has one input, `.`'],
  ['inputs', 'a program has one input, `.`'],
  ['input_line_number', 'a program has one input, `.`'],
  ['input_filename', 'a program has one input, `.`'],
  ['debug', NO_OUTPUT],
  ['stderr', NO_OUTPUT],
  ['halt', NO_OUTPUT],
  ['halt_error', NO_OUTPUT],
  ['env', 'the environment of the process is nobody\'s business'],
  ['$ENV', 'the environment of the process is nobody\'s business'],
  ['now', `${IMPURE}; an expression of CEL has \`now\``],
  ['localtime', `${IMPURE}; use gmtime`],
  ['strflocaltime', `${IMPURE}; use strftime`],
  ['$__loc__', `${IMPURE}, and not where it is written`],
  ['$__prog_args', 'there are no arguments'],
  ['get_search_list', 'modules cannot be loaded'],
  ['modulemeta', 'modules cannot be loaded'],
  ['builtins', 'the list of functions differs between versions'],
])
