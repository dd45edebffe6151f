import type { Catalogue } from './entry.js'

/** Findings about the embedded control plane. Codes are never reused; retired ones stay listed in `retired.ts`. */
export const API = {
  API0101: {
    severity: 'error',
    reason: 'DataFolderInUse',
    message: 'the data folder {folder} is in use by process {process}',
    help: 'Stop that process, or choose another folder. If it is gone all the same, delete the file `lock` in the folder.',
    explain: `Two processes that write one log would destroy it, so each takes the file \`lock\` first, with its process number and the time of its start.
A lock whose process has ended, or whose number belongs to another program by now, is taken over without a word.

You see this finding when another \`oasgen up\` runs on the same folder, often in a forgotten terminal. The number names it: \`ps <number>\`
shows what it is. On systems that do not tell when a process was started, a lock can outlive its process; then delete the file.`,
  },
  API0102: {
    severity: 'error',
    reason: 'StoreDamaged',
    message: 'the file {file} is damaged and cannot be read to its end',
    help: 'Restore the folder from a copy, or move it away to begin anew.',
    explain: `Every line of the store carries a checksum. A last line that was torn by a crash was never acknowledged to anybody, and is cut off silently.
This is damage in another place: a line in the middle whose checksum does not fit, or a snapshot without its end. That does not happen by
killing the process; it takes a broken disk, a full one under a copy, or an editor.

Nothing is started on it, because guessing would lose objects that somebody relies on, and external objects might be made twice. If there is no
copy, move the folder away: definitions and resources come back when their manifests are applied again, and \`oasgen import\` finds what exists
in the API already.`,
  },
  API0103: {
    severity: 'error',
    reason: 'WriteNotDurable',
    message: 'the write is not on disk: {cause}',
    help: 'Make room on the disk, or check its health; nothing of the write has been kept.',
    explain: `The store answers a write only after the disk has confirmed it. This one it refused, most often because it is full. Everything that was not yet
durable has been undone, so that nobody goes on with a state that a restart would not know; reads go on, and so do writes as soon as the disk
takes them again. Clients see a 500 with this sentence and may simply try again.`,
  },
} as const satisfies Catalogue
