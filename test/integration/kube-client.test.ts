import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlPlane } from '@oasgen/apiserver'
import { CONFIG_MAPS, connectKube, loadKubeconfig } from '@oasgen/kube'
import { describe, expect, it } from 'vitest'
import { kubeSuite } from './kube-suite.js'

kubeSuite('the embedded control plane', async () => {
  const plane = await startControlPlane({ inMemory: true })
  return { target: plane, stop: () => plane.close() }
})

describe('the kubeconfig that the control plane writes', () => {
  it('is all that a program needs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
    const plane = await startControlPlane({ inMemory: true })
    try {
      plane.writeKubeconfig(join(folder, 'config'))
      const { value, findings } = await loadKubeconfig({ path: join(folder, 'config'), env: {} })
      expect(findings).toEqual([])
      if (value === undefined) return expect.fail('no configuration')
      const kube = connectKube(value)
      expect(await kube.page(CONFIG_MAPS, { namespace: value.namespace ?? '' })).toMatchObject({ ok: true })
      await kube.close()
    } finally {
      await plane.close()
      rmSync(folder, { recursive: true })
    }
  })
})
