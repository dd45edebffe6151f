import { readFile, stat } from 'node:fs/promises'
import { documentOf, lasting } from './outcome.js'
import type { DocumentSource, FetchDocumentOptions, FetchedDocument } from './source.js'

type FileSource = Extract<DocumentSource, { kind: 'file' }>

export async function fetchFile({ path, uri }: FileSource, maxBytes: number, options: FetchDocumentOptions): Promise<FetchedDocument> {
  if (options.files !== 'allow') return lasting('NET0509', { uri, detail: 'files are read on the command line only' })
  try {
    const facts = await stat(path)
    if (facts.isDirectory()) return lasting('NET0508', { uri, detail: 'it is a directory' })
    if (facts.size > maxBytes) return lasting('NET0504', { uri, limit: maxBytes })
    const bytes = await readFile(path)
    return documentOf({ uri, bytes, mediaType: '', identity: {}, pin: options.digest, previous: options.previous })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return lasting('NET0508', { uri, detail: code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : message })
  }
}
