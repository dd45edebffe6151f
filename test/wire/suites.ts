import { changes } from './cases/changes.js'
import { creation } from './cases/creation.js'
import { customApply } from './cases/custom-apply.js'
import { customResources } from './cases/custom-resources.js'
import { definitions } from './cases/definitions.js'
import { deletion } from './cases/deletion.js'
import { kinds } from './cases/kinds.js'
import { lists } from './cases/lists.js'
import { patching } from './cases/patching.js'
import { routes } from './cases/routes.js'
import { selecting } from './cases/selecting.js'
import { serverSideApply } from './cases/server-side-apply.js'
import { watching } from './cases/watching.js'
import { workloads } from './cases/workloads.js'
import type { WireSuite } from './wire-case.js'

export const SUITES: readonly WireSuite[] = [
  creation, changes, patching, serverSideApply, lists, selecting, watching, deletion, routes, kinds, workloads, customResources, customApply, definitions,
]
