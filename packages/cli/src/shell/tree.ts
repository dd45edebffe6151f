import type { OasgenCommand } from '../commands/command.js'

/** The command tree as plain values, for completions and the reference page. */
export interface CommandNode {
  /** `demo meddle` */
  readonly path: string
  readonly description: string
  readonly usage: string
  readonly options: readonly OptionNode[]
  readonly notes: readonly string[]
  readonly examples: readonly string[]
  readonly children: readonly CommandNode[]
}

export interface OptionNode {
  readonly flags: string
  readonly names: readonly string[]
  readonly description: string
  readonly choices: readonly string[]
  readonly takes: 'nothing' | 'text' | 'file'
  readonly standard: string | undefined
}

export function treeOf(command: OasgenCommand, parents: readonly string[] = []): CommandNode {
  const path = [...parents, command.name()]
  return {
    path: path.slice(1).join(' '),
    description: command.description(),
    usage: `${path.join(' ')} ${command.usage()}`.trim(),
    options: command.options.filter(({ hidden }) => !hidden).map(optionOf),
    notes: command.shownNotes, examples: command.shownExamples,
    children: (command.commands as readonly OasgenCommand[]).map((child) => treeOf(child, path)),
  }
}

type CommanderOption = OasgenCommand['options'][number]

function optionOf(option: CommanderOption): OptionNode {
  const isFlag = !option.required && !option.optional
  const value: unknown = option.defaultValue
  return {
    flags: option.flags,
    names: [option.short, option.long].filter((name) => typeof name === 'string'),
    description: option.description,
    choices: option.argChoices ?? [],
    takes: isFlag ? 'nothing' : /file|path|folder|address/.test(option.flags) ? 'file' : 'text',
    standard: typeof value === 'string' || typeof value === 'number' ? String(value) : undefined,
  }
}

export function leavesOf(node: CommandNode): readonly CommandNode[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leavesOf)
}
