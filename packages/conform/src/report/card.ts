import type { Score, ScoredLife } from '../drive/conform.js'
import { PHASES, type PhaseResult } from '../drive/life.js'

const MARK: Readonly<Record<PhaseResult['type'], string>> = { converged: 'ok', told: 'told', wrong: 'WRONG', skipped: '-' }

/** The score card of one definition, for people. */
export function renderCard(score: Score): string {
  const head = `${score.kind} (${score.definition}), seed ${score.seed}\n`
  if (score.problem !== undefined) return `${head}  not run: ${score.problem}\n`
  const width = Math.max(8, ...score.lives.map((life) => life.switch.length))
  const columns = [...PHASES, 'dup', 'orphan', 'needless', 'honest']
  const lines = [
    `  ${'switch'.padEnd(width)}  ${columns.map((name) => name.padEnd(9)).join('')}`,
    ...score.lives.map((life) => `  ${life.switch.padEnd(width)}  ${cells(life).map((text) => text.padEnd(9)).join('')}`),
    ...score.lives.flatMap(notes),
    summary(score.lives),
  ]
  return `${head}${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

function cells({ phases, ledger, orphans, needlessWrites, dishonest }: ScoredLife): readonly string[] {
  return [...PHASES.map((phase) => MARK[phases[phase].type]), String(ledger.duplicates), String(orphans), String(needlessWrites), dishonest.length === 0 ? 'yes' : 'NO']
}

function notes(life: ScoredLife): readonly string[] {
  const told = PHASES.flatMap((phase) => {
    const result = life.phases[phase]
    if (result.type === 'told') return [`  ${life.switch}, ${phase}: told ${result.reason}: ${result.message}`]
    return result.type === 'wrong' ? [`  ${life.switch}, ${phase}: ${result.problem}`] : []
  })
  return [...told, ...life.dishonest.map((problem) => `  ${life.switch}: ${problem}`)]
}

function summary(lives: readonly ScoredLife[]): string {
  const count = (result: ScoredLife['result']): number => lives.filter((life) => life.result === result).length
  const sum = (of: (life: ScoredLife) => number): number => lives.reduce((total, life) => total + of(life), 0)
  return `  ${lives.length} lives: ${count('converged')} converged, ${count('told')} told, ${count('wrong')} wrong · ${sum(({ ledger }) => ledger.duplicates)} duplicates · ${sum(({ orphans }) => orphans)} orphans · ${sum(({ needlessWrites }) => needlessWrites)} needless writes`
}
