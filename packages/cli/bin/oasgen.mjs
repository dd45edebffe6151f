#!/usr/bin/env node
// Committed launcher: npm links the bins of workspaces before the build exists and skips a missing target.
import('../bundle/oasgen.mjs').catch((error) => {
  if (error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('bundle/oasgen.mjs')) {
    process.stderr.write('oasgen is not built yet: run `npm ci` (or `npm run build`) in the repository first\n')
    process.exit(69)
  }
  throw error
})
