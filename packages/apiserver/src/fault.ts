import type { Finding } from '@oasgen/diagnostics'

/** Why a control plane cannot start, with the finding that says what to do. */
export class ControlPlaneError extends Error {
  override readonly name = 'ControlPlaneError'
  readonly finding: Finding
  constructor(finding: Finding) {
    super(finding.help === undefined ? finding.message : `${finding.message}. ${finding.help}`)
    this.finding = finding
  }
}
