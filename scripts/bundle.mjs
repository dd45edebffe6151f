// Self-contained programs: one file each, lazy parts in chunks beside it.
import { existsSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const PROGRAMS = [
  { entry: 'packages/cli/dist/main.js', outdir: 'packages/cli/bundle', name: 'oasgen' },
  { entry: 'packages/provider/dist/main.js', outdir: 'packages/provider/bundle', name: 'oasgen-provider' },
  { entry: 'packages/rest-controller/dist/main.js', outdir: 'packages/rest-controller/bundle', name: 'rest-dynamic-controller' },
]

export async function bundle() {
  for (const program of PROGRAMS) {
    if (!existsSync(program.entry)) continue
    rmSync(program.outdir, { recursive: true, force: true })
    await build({
      entryPoints: { [program.name]: program.entry },
      outdir: program.outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'none',
      logLevel: 'warning',
      // CommonJS dependencies call require for Node's own modules.
      banner: { js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);" },
    })
  }
}

if (import.meta.url === `file://${process.argv[1]}`) await bundle()
