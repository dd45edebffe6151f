import { finding, type Finding } from '@oasgen/diagnostics'
import type { TransportFailure } from '@oasgen/wire'
import { isIP } from 'node:net'
import type { AddressPolicy } from '../context.js'
import { failureOf } from '../failure.js'
import { isMetadataName, judgeAddress } from './addresses.js'

/** Who asks: resource requests may reach private addresses; documents by policy; a credential provider has its own fixed list of hosts. */
export type Purpose = 'resource' | 'credentialProvider' | AddressPolicy

/** Decides for one purpose whether an address may be used, and tells about those that may, but should not. */
export interface AddressGuard {
  readonly purpose: Purpose
  /** Before anything is looked up: literal addresses and well-known names, which also holds where a proxy does the look-up. */
  judgeHost(host: string): TransportFailure | undefined
  judge(host: string, address: string): TransportFailure | undefined
}

export function createGuard(purpose: Purpose, onWarning: (finding: Finding) => void): AddressGuard {
  const told = new Set<string>()
  const judge = (host: string, address: string): TransportFailure | undefined => {
    const verdict = judgeAddress(address, purpose)
    if (verdict.type === 'permitted') return undefined
    const { found } = verdict
    if (verdict.type === 'refused') return refusal(host, found)
    if (!told.has(host)) onWarning(finding('NET0304', { host, found }))
    told.add(host)
    return undefined
  }
  const judgeNewHost = (host: string): TransportFailure | undefined => {
    if (purpose === 'credentialProvider') return undefined
    if (isMetadataName(host)) return refusal(host, 'metadata')
    const bare = host.replace(/^\[|\]$/g, '')
    return isIP(bare) === 0 ? undefined : judge(host, bare)
  }
  // The verdict on a text never changes, and is asked for with every request.
  const known = new Map<string, TransportFailure | undefined>()
  const judgeHost = (host: string): TransportFailure | undefined => {
    if (known.has(host)) return known.get(host)
    if (known.size >= MAX_KNOWN) known.clear()
    const verdict = judgeNewHost(host)
    known.set(host, verdict)
    return verdict
  }
  return { purpose, judge, judgeHost }
}

const MAX_KNOWN = 1_000

function refusal(host: string, found: string): TransportFailure {
  const code = found === 'private' || found === 'loopback' ? 'NET0303' : 'NET0302'
  return failureOf(code, { host, found }, { reason: 'notPermitted' })
}
