// Links inside the documentation: every relative link and anchor must lead somewhere.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const SKIP = new Set(['node_modules', '.git', 'dist', '.reports', '.oasgen', 'specs', 'bundle'])

export async function checkLinks() {
  const problems = markdownFiles('.').flatMap(brokenLinks)
  for (const problem of problems) console.error(problem)
  return problems.length === 0 ? 0 : 1
}

function markdownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIP.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

function brokenLinks(file) {
  const text = readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1])
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !leadsSomewhere(file, target))
    .map((target) => `${file}: link to ${target} leads nowhere`)
}

function leadsSomewhere(file, target) {
  const [path, anchor] = target.split('#')
  const resolved = path === '' ? file : normalize(join(dirname(file), path))
  if (!existsSync(resolved)) return false
  if (anchor === undefined || !statSync(resolved).isFile() || !resolved.endsWith('.md')) return true
  return anchors(readFileSync(resolved, 'utf8')).has(anchor)
}

function anchors(text) {
  return new Set([...text.matchAll(/^#+\s+(.+)$/gm)].map((match) => slug(match[1])))
}

function slug(heading) {
  return heading.toLowerCase().replace(/[`*]/g, '').replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-')
}

if (import.meta.url === `file://${process.argv[1]}`) process.exit(await checkLinks())
