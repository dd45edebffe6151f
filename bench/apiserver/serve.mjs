// The embedded control plane as a process: `node serve.mjs <kubeconfig> <folder or nothing>`. Bundled by the bench as the command bundles it.
import { startControlPlane } from '@oasgen/apiserver'

const [kubeconfig, dataDir] = process.argv.slice(2)
const plane = await startControlPlane(dataDir === undefined ? { inMemory: true } : { dataDir })
plane.writeKubeconfig(kubeconfig)
process.send?.({ url: plane.url, ca: plane.ca, token: plane.token })
process.on('SIGTERM', () => { void plane.close().then(() => process.exit(0)) })
