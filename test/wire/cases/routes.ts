import { json, namespace, step, type WireSuite } from '../wire-case.js'

const cm = '/api/v1/namespaces/$NS/configmaps'

export const routes: WireSuite = {
  name: 'routes',
  reason: 'Paths and methods that do not exist, or not there.',
  steps: [
    namespace,
    step('make im', 'POST', cm, json({ metadata: { name: 'im' } })),
    step('unknown resource', 'GET', '/api/v1/foos'),
    step('unknown group', 'GET', '/apis/foo.example/v1/foos'),
    step('unknown path', 'GET', '/foo'),
    step('method', 'POST', cm + '/a', json({})),
    step('method2', 'PUT', cm, json({})),
    step('method3', 'PATCH', cm, json({})),
    step('cluster create ns res', 'POST', '/api/v1/configmaps', json({ metadata: { name: 'x' } })),
    step('namespaced get at cluster', 'GET', '/api/v1/configmaps/a'),
    step('node in ns', 'GET', '/api/v1/namespaces/$NS/nodes'),
    step('options', 'OPTIONS', cm),
    step('head', 'HEAD', cm + '/im'),
  ],
}
