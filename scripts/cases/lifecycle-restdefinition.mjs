import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS } from '@oasgen/kube'
import { REST_DEFINITIONS } from '@oasgen/provider'
import { schemaOf } from './compile.mjs'
import { define, found, isReady, must, pretendRunning, until, withCluster } from './cluster.mjs'

/** Each expected sentence is given back when it is what happened, else what happened instead. */
export function answer({ input, want, folder }) {
  const files = join(folder, 'testdata/oasgen-scenarios', input.scenario)
  const read = (name) => parse(readFileSync(join(files, name), 'utf8'))
  const definition = read('restdefinition.yaml')
  const document = readdirSync(files).find((name) => name.endsWith('-cm.yaml'))
  return withCluster(async (cluster) => {
    const seen = await live(cluster, definition, read(document))
    return Object.fromEntries(Object.entries(want).map(([part, sentence]) => [part, part === 'crd' || part === 'spec' || part === 'configuration' ? shape(part, sentence, seen) : stage(part, sentence, seen)]))
  })
}

/** From the RestDefinition to its end: what was written in which order, and what it said of itself meanwhile. */
async function live({ kube, plane }, definition, document) {
  const writes = []
  const stop = plane.onRequest(({ verb, resource, status }) => { if ((verb === 'create' || verb === 'patch') && status < 300) writes.push(resource) })
  const ref = await define(kube, definition, document)
  const current = () => found(kube, REST_DEFINITIONS, ref)
  await until(() => found(kube, DEPLOYMENTS, { name: `${ref.name}-controller`, namespace: ref.namespace }))
  stop()
  const order = ['customresourcedefinitions', 'deployments'].map((plural) => writes.findIndex((resource) => resource.startsWith(plural)))
  const wasReadyEarly = isReady(await current())
  const crds = (await must(kube.list(CUSTOM_RESOURCE_DEFINITIONS))).items.filter(({ spec }) => spec.group === definition.spec.resourceGroup)
  const [crd, configuration] = [false, true].map((is) => crds.find(({ spec }) => spec.names.kind.endsWith('Configuration') === is))
  await pretendRunning(kube, ref, `${crd.spec.names.plural}.${crd.spec.group}`)
  const becameReady = await until(async () => isReady(await current())).catch(() => false)
  await must(kube.delete(REST_DEFINITIONS, ref))
  await until(async () => (await current()) === undefined)
  const isGone = (await found(kube, DEPLOYMENTS, { name: `${ref.name}-controller`, namespace: ref.namespace })) === undefined
  return { crd, configuration, crdFirst: order[0] >= 0 && order[0] < order[1], wasReadyEarly, becameReady, isGone }
}

function stage(part, sentence, { crdFirst, wasReadyEarly, becameReady, isGone }) {
  const holds = new Map([['firstCreate', crdFirst && !wasReadyEarly], ['secondCreate', crdFirst], ['then', becameReady], ['delete', isGone]])
  return holds.get(part) === true ? sentence : `not so: ${JSON.stringify({ crdFirst, wasReadyEarly, becameReady, isGone })}`
}

/** `<crd> has spec property <name>`, `has no property <name>`, `<in>.<action>.<parameter> moved to the Configuration CRD`. */
function shape(part, sentence, { crd, configuration }) {
  const [name] = sentence.split(' ').slice(-1)
  if (part === 'crd') return sentence.startsWith(`${crd.metadata.name} `) && schemaOf(crd, 'spec', 'properties', name) !== undefined ? sentence : 'it has not'
  if (part === 'spec') return schemaOf(crd, 'spec', 'properties', name) === undefined ? sentence : 'it has'
  const [place, action, parameter] = sentence.split(' ')[0].split('.')
  return schemaOf(configuration, 'spec', 'properties', 'configuration', 'properties', place, 'properties', action, 'properties', parameter) === undefined ? 'it is not there' : sentence
}
