import { expect, it } from 'vitest'
import { wantedPrograms, withPrograms } from './programs.js'
import { readRestDefinition } from './read.js'

const REF = 'configmap://apis/jq/shape.jq'

function given(): NonNullable<ReturnType<typeof readRestDefinition>['value']> {
  const { value } = readRestDefinition({
    apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'a', namespace: 'b' },
    spec: { oasPath: 'https://example.org/o.yaml', resourceGroup: 'a.b', resource: { kind: 'A', verbsDescription: [
      { action: 'get', method: 'GET', path: '/a', responseTransform: { ref: REF, entrypoint: 'shape' }, notFoundBody: { inline: '.gone' } },
    ] } },
  })
  if (value === undefined) throw new Error('the definition of the test cannot be read')
  return value
}

it('names the programs that are kept elsewhere', () => {
  expect(wantedPrograms(given())).toEqual([REF])
})

it('puts a module in place by a call of its function', () => {
  const { value, findings } = withPrograms(given(), { [REF]: { text: 'def shape: .data;\n' } })
  expect(findings).toEqual([])
  expect(value?.resource.verbsDescription[0]?.responseTransform).toMatchObject({ type: 'inline', text: 'def shape: .data;\nshape' })
})

it('says which program is missing and why', () => {
  const { findings } = withPrograms(given(), { [REF]: { problem: 'the ConfigMap does not exist' } })
  expect(findings.map(({ code, where }) => [code, where])).toEqual([['RDF0037', { kind: 'resource', resource: 'RestDefinition b/a', path: 'spec.resource.verbsDescription[0].responseTransform' }]])
})
