import { EXIT_MEANINGS, type CommandIo } from '../io.js'
import { buildProgram } from '../program.js'
import { treeOf, type CommandNode, type OptionNode } from '../shell/tree.js'

/** docs/reference/cli.md: the same tree that `--help` prints. */
export function renderCliReference(): string {
  const root = treeOf(buildProgram(NOWHERE, () => undefined))
  return [
    '# oasgen, command by command', '',
    'Made from the command itself; do not edit. `oasgen <command> --help` says the same.', '',
    'As a plugin of kubectl every command is `kubectl oasgen …` too.', '',
    '| command | what it does |', '|---|---|', ...root.children.map((node) => `| [${node.path}](#${anchor(node.path)}) | ${cell(node.description)} |`), '',
    '## Exit codes', '', '| code | meaning |', '|---|---|', ...Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `| ${code} | ${meaning} |`), '',
    '## Which cluster', '',
    '`--kubeconfig`, then `KUBECONFIG` (a list of files is merged as kubectl does), then the control plane that `oasgen up` runs in this folder, then `~/.kube/config`.',
    '`--context` and `-n` are those of kubectl. `NO_COLOR` and `--quiet` are respected everywhere; nothing is ever sent home.', '',
    ...root.children.flatMap((node) => sectionOf(node)),
  ].join('\n')
}

const NOWHERE: CommandIo = {
  args: [], env: {}, cwd: '', isTerminal: false, columns: 100, signal: new AbortController().signal, readStdin: async () => '',
  out: () => undefined, err: () => undefined, note: () => undefined,
}

function anchor(path: string): string {
  return `oasgen-${path.replaceAll(' ', '-')}`
}

function sectionOf({ path, description, usage, options, notes, examples, children }: CommandNode): readonly string[] {
  return [
    `## oasgen ${path}`, '', description, '', '```', usage, '```', '',
    ...(children.length > 0 ? children.flatMap((child) => [`- \`${child.usage}\`: ${child.description}`]).concat('') : optionTable(options)),
    ...notes.flatMap((note) => [note.replaceAll('\n', '  \n'), '']),
    ...(examples.length === 0 ? [] : ['```sh', ...examples, '```', '']),
  ]
}

function optionTable(options: readonly OptionNode[]): readonly string[] {
  if (options.length === 0) return []
  return ['| option | meaning |', '|---|---|', ...options.map(({ flags, description, standard }) => `| \`${flags.replaceAll('|', '\\|')}\` | ${cell(description)}${standard === undefined ? '' : ` (default \`${standard}\`)`} |`), '']
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replace(/<(\w)/g, '\\<$1')
}
