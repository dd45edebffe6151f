import { setFlagsFromString } from 'node:v8'

/** Long enough to fill the caches. */
const START_MS = 15_000

/**
 * While a program starts nearly everything that it allocates stays, and V8 answers by making the space for new objects sixteen
 * times as large as it needs to be later. It gives it back after half a minute, but the pod has had that memory by then. The space
 * may not grow while everything is loaded and the caches are filled; after that it may, as work asks for it. Imported first.
 */
setFlagsFromString('--semi-space-growth-factor=1')
setTimeout(() => setFlagsFromString('--semi-space-growth-factor=2'), START_MS).unref()
