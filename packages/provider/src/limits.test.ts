import { describe, expect, it } from 'vitest'
import { judgeForeignGroup, judgeGroup, judgeHost, judgeNamespace } from './limits.js'

describe('what an administrator allows', () => {
  it.each([
    ['shop.example', [], undefined],
    ['apps.k8s.io', [], 'PRV0103'],
    ['k8s.io', [], 'PRV0103'],
    ['node.kubernetes.io', ['node.kubernetes.io'], 'PRV0103'],
    ['notk8s.io', [], undefined],
    ['shop.example', ['*.example'], undefined],
    ['shop.example', ['other.example'], 'PRV0103'],
  ] as const)('group %s with %j', (group, allowed, want) => expect(judgeGroup(group, allowed)?.code).toBe(want))

  it.each([
    ['a group of nobody else', undefined, [], undefined],
    ['a group in which somebody else has a CRD', 'certificates.cert-manager.io', [], 'PRV0103'],
    ['the same, named by the administrator', 'certificates.cert-manager.io', ['cert-manager.io'], undefined],
  ] as const)('%s', (_, foreign, allowed, want) => expect(judgeForeignGroup('cert-manager.io', foreign, allowed)?.code).toBe(want))

  it.each([['team-a', [], undefined], ['team-a', ['team-*'], undefined], ['default', ['team-*', 'infra'], 'PRV0115']] as const)(
    'namespace %s with %j', (namespace, allowed, want) => expect(judgeNamespace(namespace, allowed)?.code).toBe(want))

  it.each([
    [{ kind: 'http', uri: 'u', url: 'https://api.example.com/openapi.json' }, ['*.example.com'], undefined],
    [{ kind: 'http', uri: 'u', url: 'https://evil.test/openapi.json' }, ['*.example.com'], 'PRV0107'],
    [{ kind: 'http', uri: 'u', url: 'https://example.com.evil.test/' }, ['*.example.com', 'example.com'], 'PRV0107'],
    [{ kind: 'oci', uri: 'u', registry: 'registry.example.com:5000', repository: 'r' }, ['registry.example.com'], undefined],
    [{ kind: 'github', uri: 'u', host: 'github.com', owner: 'o', repository: 'r', path: 'p' }, ['registry.example.com'], 'PRV0107'],
    [{ kind: 'configMap', uri: 'u', namespace: 'n', name: 'n', key: 'k' }, ['registry.example.com'], undefined],
  ] as const)('documents %j with %j', (source, allowed, want) => expect(judgeHost(source, allowed)?.code).toBe(want))
})
