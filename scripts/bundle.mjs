// Self-contained programs: one file each, lazy parts in chunks beside it.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const COMPILE_WORKER = { 'compile-worker': 'packages/provider/dist/compile-worker.js' }

export const PROGRAMS = [
  { outdir: 'packages/cli/bundle', entries: { oasgen: 'packages/cli/dist/main.js', ...COMPILE_WORKER } },
  { outdir: 'packages/provider/bundle', entries: { 'oasgen-provider': 'packages/provider/dist/main.js', ...COMPILE_WORKER } },
  { outdir: 'packages/rest-controller/bundle', entries: { 'rest-dynamic-controller': 'packages/rest-controller/dist/main.js' }, plugins: [leanUndici()] },
]

export async function bundle() {
  for (const program of PROGRAMS) {
    if (!Object.values(program.entries).every((entry) => existsSync(entry))) continue
    rmSync(program.outdir, { recursive: true, force: true })
    await build(optionsFor(program))
  }
  copyDemo()
}

/** The SBOM of the images asks esbuild with the same options what went in. */
export function optionsFor(program) {
  return {
    entryPoints: program.entries,
    outdir: program.outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    // Under Node's condition yaml is CommonJS, whose names a dynamic import does not see in a bundle.
    alias: { yaml: resolve('node_modules/yaml/browser/index.js') },
    plugins: program.plugins ?? [],
    define: { __OASGEN_COMMIT__: JSON.stringify(commit()) },
    legalComments: 'none',
    logLevel: 'warning',
    // CommonJS dependencies call require for Node's own modules.
    banner: { js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);" },
  }
}

// Only the name itself: what that file requires lies below it.
function leanUndici() {
  return { name: 'lean-undici', setup: ({ onResolve }) => onResolve({ filter: /^undici$/ }, () => ({ path: resolve('scripts/undici-lean.cjs') })) }
}

// What `oasgen version` says; empty outside of a repository, as in an unpacked archive.
function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}

// The command brings the bookshop along: its document and its manifests are read at run time.
function copyDemo() {
  rmSync('packages/cli/demo', { recursive: true, force: true })
  cpSync('examples/bookshop/openapi.yaml', 'packages/cli/demo/openapi.yaml')
  cpSync('examples/bookshop/manifests', 'packages/cli/demo/manifests', { recursive: true })
}

if (import.meta.url === `file://${process.argv[1]}`) await bundle()
