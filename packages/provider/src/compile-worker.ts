import { parentPort } from 'node:worker_threads'
import { compileDefinition, type ParsedDocuments } from './compile.js'
import { packCompiled, unpackJob, type JobMessage } from './compile-message.js'
import { attempt } from './compiler.js'

const parsed: ParsedDocuments = new Map()
/** By URI, as it was sent last; the parse is found again by these very bytes. */
const contents = new Map<string, Uint8Array>()

parentPort?.on('message', (message: JobMessage) => {
  const { uri, bytes = contents.get(uri) } = message.document
  if (bytes === undefined) throw new Error('the main thread thinks that a document was sent which is not here')
  contents.set(uri, bytes)
  const job = unpackJob(message, bytes)
  parentPort?.postMessage(packCompiled(attempt(job, () => compileDefinition(job, parsed))))
})
