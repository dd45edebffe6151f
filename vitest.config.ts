import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

// Tests run on the sources, so that an edit needs no build; only programs started as processes use bundles.
const alias = Object.fromEntries(
  readdirSync(`${root}packages`).map((name) => [name === 'cli' ? 'oasgen' : `@oasgen/${name}`, `${root}packages/${name}/src/index.ts`]),
)
alias['@oasgen/example-bookshop'] = `${root}examples/bookshop/src/index.ts`

const lane = (name: string, options: object = {}) => ({
  resolve: { alias },
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 180_000, hookTimeout: 600_000, pool: 'forks' as const, ...options },
})

export default defineConfig({
  resolve: { alias },
  test: {
    // What the unit tests reach; programs that run as processes of their own are not seen by it. No thresholds: it is there to be read.
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts', '**/*.testing.ts'], reportsDirectory: '.reports/coverage' },
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'test/unit/**/*.test.ts'],
          setupFiles: ['test/setup.ts'],
          testTimeout: 60_000,
          pool: 'threads',
          isolate: false,
        },
      },
      lane('integration', { maxWorkers: 2 }),
      // The first file may have to build the server.
      lane('real', { maxWorkers: 1, hookTimeout: 1_800_000 }),
      lane('servers', { maxWorkers: 2 }),
      lane('long', { testTimeout: 600_000, maxWorkers: 2 }),
      lane('soak', { testTimeout: 14_400_000, maxWorkers: 1 }),
    ],
  },
})
