import { dump } from 'js-yaml'

export interface KubeconfigInput {
  readonly url: string
  readonly ca: string
  readonly token: string
}

/** A kubeconfig with one context, ready for kubectl and every client library. */
export function renderKubeconfig({ url, ca, token }: KubeconfigInput): string {
  return dump({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'oasgen', preferences: {},
    clusters: [{ name: 'oasgen', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    contexts: [{ name: 'oasgen', context: { cluster: 'oasgen', user: 'oasgen-admin', namespace: 'default' } }],
    users: [{ name: 'oasgen-admin', user: { token } }],
  }, { lineWidth: -1 })
}
