// `npm run bench [-- <names>] [--check] [--write]`: runs the benches of bench/, one after another. --check fails beyond a stored budget;
// --write puts what they printed into docs/proof.md, with the machine and the date. Give it a quiet machine.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

const FILE = 'docs/proof.md'
const REPORT = /<!-- bench ([\w-]+) -->\n[^]*?(?=<!-- bench |$)/g

const HEAD = `# Proof

Figures of this project, each under the command that prints it. Written by \`npm run bench -- --write\`; a run of one bench replaces its own part. Times
are those of the machine and the date; what counts are the ratios within one run, beside the limit of the machine in the same run. Figures of the Go
reference were measured elsewhere, on 2 cores with kube-apiserver, and are marked so. \`npm run bench -- --check\` fails when a budget is exceeded.

What else is claimed, and the command that shows it:

| claim | command | figures |
|---|---|---|
| documents become kinds | \`npm run corpus\` | [corpus.md](corpus.md) |
| nothing is made twice, lost, or written at rest | \`npm run test:long\`, \`npm run soak\` | [soak.md](soak.md) |
| every behaviour of a hostile API has its outcome | \`npm test\`, \`oasgen conform\` | [conform.md](conform.md) |
| the judge says what kube-apiserver says | \`npm run test:real\` | [fuzz-of-documents.md](fuzz-of-documents.md) |
| the cases of the reference | \`npm run cases -- <folder>\` | printed |

`

function run(name, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`bench/${name}.mjs`, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (data) => {
      text += data
      process.stdout.write(data)
    })
    child.on('exit', (code) => resolve({ code: code ?? 1, text }))
  })
}

function machineText(load) {
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown processor'} × ${availableParallelism()}, ${gigabytes} GiB, Node ${process.versions.node}, load at the start ${load.toFixed(1)}`
}

function write(name, text, load) {
  const parts = new Map(existsSync(FILE) ? [...readFileSync(FILE, 'utf8').matchAll(REPORT)].map(([part, of]) => [of, part.trimEnd()]) : [])
  parts.set(name, [`<!-- bench ${name} -->`, `## ${name}`, '', `\`npm run bench -- ${name}\` – ${machineText(load)}`, '', '```text', text.trimEnd(), '```'].join('\n'))
  writeFileSync(FILE, `${HEAD}${[...parts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part).join('\n\n')}\n`)
}

const options = process.argv.slice(2)
const all = readdirSync('bench').filter((file) => file.endsWith('.mjs')).map((file) => file.slice(0, -'.mjs'.length))
const named = options.filter((each) => !each.startsWith('--'))
const unknown = named.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(', ')}; there are ${all.join(', ')}`)
  process.exit(2)
}
const failed = []
for (const name of named.length > 0 ? named : all) {
  console.log(`── ${name}`)
  const load = loadavg()[0] ?? 0
  const { code, text } = await run(name, options.filter((each) => each.startsWith('--') && each !== '--write'))
  if (code !== 0) failed.push(name)
  if (options.includes('--write') && text.trim() !== '') write(name, text, load)
}
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)
