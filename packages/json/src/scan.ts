/**
 * Decides in one cheap pass whether a text may hold a number that a double would change. Up to 15 significant digits and two
 * digits of exponent always survive, so only a run of 16 digits (a point counts as one) or a longer exponent is suspicious.
 */
export function needsExactParser(text: string): boolean {
  return hasLongRun(text) || hasLongExponent(text)
}

const RUN = 16

// Every run of 16 characters covers one position of each 16, and reaches 8 to the left or 7 to the right of it: looking at those
// alone is what makes the scan cheap, also on texts full of short numbers and hex digits.
function hasLongRun(text: string): boolean {
  for (let at = RUN - 1; at < text.length; at += RUN) {
    if (!isRunCode(text.charCodeAt(at))) continue
    const reachesLeft = isRunCode(text.charCodeAt(at - 8)) && isRunCode(text.charCodeAt(at - 5)) && isRunCode(text.charCodeAt(at - 2))
    const reachesRight = isRunCode(text.charCodeAt(at + 7)) && isRunCode(text.charCodeAt(at + 5)) && isRunCode(text.charCodeAt(at + 2))
    if ((reachesLeft || reachesRight) && isLongNumberAt(text, at)) return true
  }
  return false
}

/** A digit or the point. */
function isRunCode(code: number): boolean {
  return code <= 57 && code >= 46 && code !== 47
}

function isLongNumberAt(text: string, at: number): boolean {
  let start = at
  while (start > 0 && isRunCode(text.charCodeAt(start - 1))) start -= 1
  if (!startsNumber(text, start)) return false
  let end = at + 1
  while (end < text.length && isRunCode(text.charCodeAt(end))) end += 1
  return end - start >= RUN
}

/** Whether a number may begin at `start`; digits inside of strings nearly always fail this. */
function startsNumber(text: string, start: number): boolean {
  const first = text.charCodeAt(start - 1) === MINUS ? start - 1 : start
  return first === 0 || BEFORE_NUMBER.includes(text.charAt(first - 1))
}

const MINUS = 45
const BEFORE_NUMBER = ':,[ \n\r\t'

function hasLongExponent(text: string): boolean {
  const exponent = /\d[eE][+-]?\d\d\d/g
  for (let match = exponent.exec(text); match !== null; match = exponent.exec(text)) {
    let start = match.index
    while (start > 0 && isRunCode(text.charCodeAt(start - 1))) start -= 1
    if (startsNumber(text, start)) return true
    exponent.lastIndex = match.index + 2
  }
  return false
}
