import { leavesOf, type CommandNode, type OptionNode } from './tree.js'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A script for the shell, made from the tree: commands, options and their choices, files where files are wanted. */
export function completionScript(shell: Shell, root: CommandNode): string {
  switch (shell) {
    case 'bash': return bash(root)
    case 'zsh': return zsh(root)
    case 'fish': return fish(root)
  }
}

function optionNames(options: readonly OptionNode[]): readonly string[] {
  return [...options.flatMap(({ names }) => names), '--help']
}

function bash(root: CommandNode): string {
  const groups = root.children.filter(({ children }) => children.length > 0)
  const cases = leavesOf(root).map(({ path, options }) => [
    `    '${path}')`,
    ...(options.some(({ choices }) => choices.length > 0) ? ['      case "$prev" in', ...options.filter(({ choices }) => choices.length > 0).map(({ names, choices }) => `        ${names.join('|')}) words='${choices.join(' ')}' ;;`), '      esac'] : []),
    ...fileCase(options),
    `      [[ -z $words ]] && words='${optionNames(options).join(' ')}' ;;`,
  ].join('\n'))
  return `# bash completion of oasgen: source <(oasgen completion bash)
_oasgen() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words='' command=''
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -* ]] && break
    command="\${command:+$command }\${COMP_WORDS[index]}"
    case "$command" in ${groups.map(({ path }) => path).join('|')}) continue ;; esac
    break
  done
  case "$command" in
    '') words='${root.children.map(({ path }) => path).join(' ')} --help --version' ;;
${groups.map(({ path, children }) => `    '${path}') words='${children.map((child) => child.path.split(' ').at(-1) ?? '').join(' ')}' ;;`).join('\n')}
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ \${#COMPREPLY[@]} -eq 0 && $cur != -* ]] && COMPREPLY=($(compgen -f -- "$cur"))
}
complete -o filenames -F _oasgen oasgen
`
}

function fileCase(options: readonly OptionNode[]): readonly string[] {
  const names = options.filter(({ takes }) => takes === 'file').flatMap(({ names: each }) => each)
  return names.length === 0 ? [] : [`      case "$prev" in ${names.join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;; esac`]
}

function zsh(root: CommandNode): string {
  const commands = root.children.map(({ path, description }) => `    '${path}:${quoted(description)}'`)
  const cases = root.children.map((node) => `    ${node.path}) ${node.children.length === 0 ? zshArguments(node) : `_values command ${node.children.map(({ path, description }) => `'${path.split(' ').at(-1) ?? ''}[${quoted(description)}]'`).join(' ')}`} ;;`)
  return `#compdef oasgen
# zsh completion of oasgen: oasgen completion zsh > "\${fpath[1]}/_oasgen"
_oasgen() {
  local -a commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
}
compdef _oasgen oasgen
`
}

function zshArguments({ options }: CommandNode): string {
  const specs = options.flatMap(({ names, description, choices, takes }) => names.map((name) => {
    const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : takes === 'file' ? ':file:_files' : takes === 'text' ? ':value:' : ''
    return `'${name}[${quoted(description)}]${value}'`
  }))
  return `_arguments ${[...specs, "'*:file:_files'"].join(' ')}`
}

function quoted(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll('[', '(').replaceAll(']', ')').replaceAll(':', '\\:').replaceAll('`', '')
}

function fish(root: CommandNode): string {
  const top = root.children.map(({ path, description }) => `complete -c oasgen -n __fish_use_subcommand -f -a ${path} -d '${fishQuoted(description)}'`)
  const nested = root.children.flatMap(({ path, children }) => children.map((child) => `complete -c oasgen -n '__fish_seen_subcommand_from ${path}' -f -a ${child.path.split(' ').at(-1) ?? ''} -d '${fishQuoted(child.description)}'`))
  const options = root.children.flatMap((node) => node.options.map((option) => fishOption(node.path, option)))
  return `# fish completion of oasgen: oasgen completion fish > ~/.config/fish/completions/oasgen.fish\n${[...top, ...nested, ...options].join('\n')}\n`
}

function fishOption(path: string, { names, description, choices, takes }: OptionNode): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ')
  const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : takes === 'file' ? ' -r -F' : takes === 'text' ? ' -x' : ''
  return `complete -c oasgen -n '__fish_seen_subcommand_from ${path}' ${flags}${value} -d '${fishQuoted(description)}'`
}

function fishQuoted(text: string): string {
  return text.replaceAll("'", "\\'")
}
