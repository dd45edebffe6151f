import { parentPort } from 'node:worker_threads'
import { compileDefinition, type CompileJob, type ParsedDocuments } from './compile.js'
import { packCompiled, unpackJob, type JobMessage } from './compile-message.js'
import { attempt } from './compiler.js'

const parsed: ParsedDocuments = new Map()
const digests = new Map<string, Uint8Array>()

parentPort?.on('message', (message: JobMessage) => {
  const job = unpackJob(message)
  parentPort?.postMessage(packCompiled(attempt(job, () => compileDefinition(withSharedBytes(job), parsed))))
})

// A message brings new bytes each time; equal ones are replaced by those that were parsed, so that the parse is found again.
function withSharedBytes(job: CompileJob): CompileJob {
  const known = digests.get(job.document.uri)
  if (known !== undefined && Buffer.compare(known, job.document.bytes) === 0) return { ...job, document: { ...job.document, bytes: known } }
  digests.set(job.document.uri, job.document.bytes)
  return job
}
