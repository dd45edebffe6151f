import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { podSpecAdvice } from './pod-advice.js'
import { podSpecFaults, workloadFaults } from './pod-faults.js'
import { serviceFaults } from './services.js'
import { faultText } from '../failure.js'

const container = { name: 'one', image: 'x' }

describe('pods that are refused', () => {
  it.each([
    { reason: 'no container', spec: {}, want: ['spec.containers: Required value'] },
    { reason: 'two of one name', spec: { containers: [container, container] }, want: ['spec.containers[1].name: Duplicate value: "one"'] },
    { reason: 'two sources of a volume', spec: { containers: [container], volumes: [{ name: 'v', emptyDir: {}, configMap: { name: 'c' } }] }, want: ['spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type'] },
    { reason: 'no source of a volume', spec: { containers: [container], volumes: [{ name: 'v' }] }, want: ['spec.volumes[0]: Required value: must specify a volume type'] },
    { reason: 'a mount of nothing', spec: { containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] }, want: ['spec.containers[0].volumeMounts[0].name: Not found: "v"'] },
    { reason: 'an unknown policy', spec: { containers: [container], restartPolicy: 'Often' }, want: ['spec.restartPolicy: Unsupported value: "Often": supported values: "Always", "OnFailure", "Never"'] },
  ])('$reason', ({ spec, want }) => {
    expect(podSpecFaults(spec as unknown as JsonObject, 'spec').map(faultText)).toEqual(want)
  })
})

it('does not roll without room to roll in', () => {
  const deployment = {
    kind: 'Deployment',
    spec: { selector: { matchLabels: { a: 'b' } }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } } },
  }
  expect(workloadFaults(deployment, undefined).map(faultText)).toEqual(['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'])
})

it('advises against two containers on one port', () => {
  const port = { containerPort: 80, protocol: 'TCP' }
  const spec = { containers: [{ ...container, ports: [port] }, { name: 'two', image: 'x', ports: [port] }] }
  expect(podSpecAdvice(spec, 'spec')).toEqual(['spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]'])
})

it('keeps the address of a service', () => {
  const service = (address: string) => ({ spec: { type: 'ClusterIP', sessionAffinity: 'None', clusterIP: address, clusterIPs: [address], ports: [{ port: 80, protocol: 'TCP' }] } })
  expect(serviceFaults(service('10.96.0.1'), service('10.96.0.2')).map(faultText)).toEqual(['spec.clusterIPs[0]: Invalid value: ["10.96.0.1"]: may not change once set'])
})
