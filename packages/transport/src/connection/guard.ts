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
  return {
    purpose,
    judge,
    judgeHost(host) {
      if (purpose === 'credentialProvider') return undefined
      if (isMetadataName(host)) return refusal(host, 'metadata')
      const bare = host.replace(/^\[|\]$/g, '')
      return isIP(bare) === 0 ? undefined : judge(host, bare)
    },
  }
}

function refusal(host: string, found: string): TransportFailure {
  const code = found === 'private' || found === 'loopback' ? 'NET0303' : 'NET0302'
  return failureOf(code, { host, found }, { reason: 'notPermitted' })
}
