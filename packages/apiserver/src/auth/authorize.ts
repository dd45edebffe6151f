import type { AccessDecision, Authorizer } from '../api/plane.js'

/** Everybody who is known may do everything. */
export const allowAll: Authorizer = {
  decide: (): AccessDecision => ({ allowed: true, reason: '' }),
  rulesFor: () => ({
    resources: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    paths: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  }),
  escalation: () => undefined,
}
