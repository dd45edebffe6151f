import { finding, type Finding } from '@oasgen/diagnostics'
import { isObject } from '@oasgen/json'
import { annotationsOf } from '@oasgen/kube'
import { usedAdditions } from '@oasgen/restdefinition'
import { ANNOTATION } from '@oasgen/wire'
import type { Manifest } from '../kubectl/manifests.js'
import { DEFINITION_KIND } from './compile.js'

const REFERENCE_SOURCES = /^(?:configmap:|https?:)/

const OUR_ANNOTATIONS: readonly string[] = [
  ANNOTATION.driftPolicy, ANNOTATION.adoptionPolicy, ANNOTATION.interval, ANNOTATION.reconcileRequestedAt, ANNOTATION.acceptSchemaChange, ANNOTATION.externalCreateResolved,
]

/** What of these manifests the reference would not understand. */
export function lostOnReference(manifests: readonly Manifest[]): readonly Finding[] {
  return manifests.flatMap((manifest) => (manifest.object.kind === DEFINITION_KIND ? lostOfDefinition(manifest) : lostOfResource(manifest)))
}

function lostOfDefinition(manifest: Manifest): readonly Finding[] {
  const spec = isObject(manifest.object.spec) ? manifest.object.spec : {}
  const source = typeof spec.oasPath === 'string' && !REFERENCE_SOURCES.test(spec.oasPath)
    ? [finding('CLI0105', { field: 'spec.oasPath', why: 'it reads documents from configmap:// and http(s):// only' }, { where: manifest.place('/spec/oasPath') })]
    : []
  const fields = usedAdditions(manifest.object).map(({ pointer, field, since, meaning }) => finding('CLI0105', {
    field, why: since.startsWith('reference') ? `it is known from release ${since.replace('reference ', '')} on (${firstSentence(meaning)})` : `it is unknown there (${firstSentence(meaning)})`,
  }, { where: manifest.place(pointer) }))
  return [...source, ...fields]
}

function firstSentence(text: string): string {
  return /^[^.:\n]+/.exec(text)?.[0].trim() ?? text
}

function lostOfResource(manifest: Manifest): readonly Finding[] {
  return Object.keys(annotationsOf(manifest.object)).filter((key) => OUR_ANNOTATIONS.includes(key)).map((key) =>
    finding('CLI0105', { field: `the annotation ${key}`, why: 'it is ours' }, { where: manifest.place(`/metadata/annotations/${key.replaceAll('/', '~1')}`) }))
}
