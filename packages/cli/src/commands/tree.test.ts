import { describe, expect, it } from 'vitest'
import { renderCliReference } from '../reference/page.js'
import { completionScript, SHELLS } from '../shell/completion.js'
import { leavesOf, treeOf } from '../shell/tree.js'
import { buildProgram } from '../program.js'
import { createPlace } from '../main.testing.js'

const place = createPlace()
const tree = treeOf(buildProgram({
  args: [], env: {}, cwd: place.folder, isTerminal: false, columns: 100, signal: new AbortController().signal, readStdin: async () => '', out: () => undefined, err: () => undefined, note: () => undefined,
}, () => undefined))
place.remove()
const leaves = leavesOf(tree)

describe('the tree of commands', () => {
  it.each(leaves.map((leaf) => [leaf.path, leaf] as const))('%s has a description, examples of itself, and --quiet', (path, leaf) => {
    expect(leaf.description).toMatch(/\.$/)
    expect(leaf.examples.length).toBeGreaterThan(0)
    expect(leaf.examples.some((example) => example.includes(`oasgen ${path}`))).toBe(true)
    expect(leaf.options.flatMap(({ names }) => names)).toContain('--quiet')
  })

  it('uses one short flag for one thing', () => {
    const meanings = new Map<string, Set<string>>()
    for (const { options } of leaves) for (const { names } of options) if (names.length === 2) meanings.set(names[0] ?? '', (meanings.get(names[0] ?? '') ?? new Set()).add(names[1] ?? ''))
    expect([...meanings].filter(([, long]) => long.size > 1)).toEqual([])
  })

  it.each(leaves.filter(({ options }) => options.some(({ names }) => names.includes('--kubeconfig'))).map(({ path, options }) => [path, options] as const))('%s takes namespace, kubeconfig and context like kubectl', (_, options) => {
    expect(options.flatMap(({ names }) => names)).toEqual(expect.arrayContaining(['-n', '--namespace', '--kubeconfig', '--context']))
  })

  it('is written down as it is', () => {
    const page = renderCliReference()
    for (const { path, options } of leaves) {
      expect(page).toContain(`oasgen ${path}`)
      if (!path.includes(' ')) for (const { flags } of options) expect(page).toContain(flags.replaceAll('|', '\\|'))
    }
  })

  it.each(SHELLS)('completes every command and option in %s', (shell) => {
    const script = completionScript(shell, tree)
    for (const { path, options } of tree.children) {
      expect(script).toContain(path)
      for (const { names } of options) expect(script).toContain((names.at(-1) ?? '').replace(/^--/, ''))
    }
  })
})

describe('manners', () => {
  it.each([
    { args: ['--help'], code: 0, out: /kubectl oasgen describe/, err: /^$/, reason: 'help' },
    { args: ['plan', '--help'], code: 0, out: /Exit codes: 0 planned/, err: /^$/, reason: 'help of a command' },
    { args: ['nonsense'], code: 2, out: /^$/, err: /unknown command 'nonsense'/, reason: 'an unknown command' },
    { args: ['gett'], code: 2, out: /^$/, err: /Did you mean get\?/, reason: 'a near command' },
    { args: ['get', 'books', '-o', 'xml'], code: 2, out: /^$/, err: /Allowed choices are/, reason: 'a form that is not there' },
    { args: ['plan'], code: 2, out: /^$/, err: /required option '-f/, reason: 'a missing option' },
    { args: ['up', '--port', 'x', '--demo'], code: 2, out: /^$/, err: /x is no port/, reason: 'a word in place of a number' },
    { args: ['version', '-o', 'json'], code: 0, out: /"planFeatures"/, err: /^$/, reason: 'facts for programs' },
    { args: ['completion', 'tcsh'], code: 2, out: /^$/, err: /Allowed choices are bash, zsh, fish/, reason: 'another shell' },
    { args: ['get', 'books', '--kubeconfig', 'nowhere'], code: 69, out: /^$/, err: /nowhere/, reason: 'no cluster' },
  ])('$reason', async ({ args, code, out, err }) => {
    const here = createPlace()
    const said = await here.say(args)
    here.remove()
    expect(said.code).toBe(code)
    expect(said.out).toMatch(out)
    expect(said.err).toMatch(err)
  })
})
