import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChartCluster } from './chart-node.js'
import { CHART, helmCommand, ROOT, tryRun } from './chart-run.js'

export interface Document {
  readonly file: string
  /** Headings; absent = the whole page. */
  readonly sections?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the `sh` blocks of a page as a reader would type them, one shell for all; answers what they printed. */
export async function runSections(cluster: ChartCluster, { file, sections, env }: Document): Promise<string> {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const parts = sections === undefined ? [text] : sections.map((section) => sectionOf(text, section))
  const script = parts.flatMap((part) => [...part.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '')).join('\n')
  if (script === '') throw new Error(`${file} has nothing to run`)
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-page-'))
  try {
    writeTools(folder)
    const ran = await tryRun('bash', ['-euxo', 'pipefail', '-c', script], { cwd: folder, env: { ...env, KUBECONFIG: cluster.kubeconfig, PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` }, timeoutMs: 600_000 })
    if (ran.code !== 0) throw new Error(`${file}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`)
    return `${ran.stdout}\n${ran.stderr}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function sectionOf(text: string, heading: string): string {
  const found = text.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`))
  if (found === undefined) throw new Error(`there is no section ${heading}`)
  return found
}

/** The programs that a page names: Helm with the chart of this tree in place of the published one, and our command. */
function writeTools(folder: string): void {
  symlinkSync(join(ROOT, 'deploy'), join(folder, 'deploy'))
  const tools = {
    helm: `#!/bin/bash
args=()
while [ $# -gt 0 ]; do
  case "$1" in
    oci://ghcr.io/oasgen/charts/oasgen-provider) args+=('${CHART}');;
    --version) shift;;
    *) args+=("$1");;
  esac
  shift
done
exec '${helmCommand()}' "\${args[@]}"
`,
    oasgen: `#!/bin/bash\nexec '${process.execPath}' '${join(ROOT, 'packages/cli/bundle/oasgen.mjs')}' "$@"\n`,
  }
  writePrograms(join(folder, 'bin'), tools)
}

function writePrograms(folder: string, tools: Readonly<Record<string, string>>): void {
  mkdirSync(folder)
  for (const [name, text] of Object.entries(tools)) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
}
