import { createInformer, CUSTOM_RESOURCE_DEFINITIONS, generationOf, keyOf, metadataOf, nameOf, namespaceOf, uidOf, type Informer, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { textOf, isArray, isObject, readJson, type JsonObject } from '@oasgen/json'
import { exchangeLine, type Exchange } from '@oasgen/wire'
import { usesColour, type CommandIo } from '../io.js'
import { driftText } from './drift.js'
import type { LiveBlock } from './live-block.js'
import { describeObject, printLine, viewLines, widthsFor, withoutAnswer, type ViewLine } from './view.js'

export interface Follow {
  /** A line that a controller printed: writes to the other side are told by them. */
  heard(deployment: string, line: string): void
  stop(): Promise<void>
}

export interface FollowOptions {
  readonly io: CommandIo
  readonly kube: Kube
  /** Absent: plain lines, as for a pipe. */
  readonly block: LiveBlock | undefined
  /** The last exchanges of a resource, as its controller remembers them. */
  readonly exchanges: (deployment: string, kind: string, key: string) => Promise<readonly Exchange[]>
  /** Lines below the objects. */
  readonly hints: () => readonly string[]
  /** A definition is in trouble: once for each trouble. */
  readonly onTrouble: (definition: KubeObject) => void
}

interface Shown {
  readonly object: KubeObject
  readonly line: ViewLine
  /** The spec that was in sync last: a later write for the same one is drift. */
  readonly syncedGeneration: number
  readonly exchange: string
  /** For people, where that differs. */
  readonly told: ViewLine
}

/** Follows RestDefinitions and everything of the kinds that they made. */
export function followObjects(options: FollowOptions): Follow {
  return new Following(options)
}

class Following implements Follow {
  readonly #options: FollowOptions
  readonly #informers = new Map<string, Informer>()
  readonly #shown = new Map<string, Shown>()
  /** Plural by `group/Kind`, as the CRDs say. */
  readonly #plurals = new Map<string, string>()
  readonly #crds: Informer
  readonly #troubles = new Map<string, string>()

  constructor(options: FollowOptions) {
    this.#options = options
    this.#crds = createInformer(options.kube, CUSTOM_RESOURCE_DEFINITIONS)
    this.#crds.onChange(({ type: change, object }) => {
      const type = generatedType(object)
      if (type === undefined || change === 'deleted') return
      this.#plurals.set(`${type.group}/${type.kind}`, type.plural)
      this.#follow(type)
    })
    this.#crds.start()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#crds.stop(), ...[...this.#informers.values()].map((informer) => informer.stop())])
  }

  heard(deployment: string, line: string): void {
    const read = line.startsWith('{') ? readJson(line) : undefined
    const entry = read?.ok === true && isObject(read.value) ? read.value : undefined
    if (entry?.msg !== 'external write' && entry?.message !== 'external write') return
    if (entry.action === 'update') void this.#tellUpdate(deployment, textOf(entry.kind), textOf(entry.resource))
  }

  #follow(type: ResourceType): void {
    const id = `${type.plural}.${type.group}`
    if (this.#informers.has(id)) return
    const informer = createInformer(this.#options.kube, type)
    this.#informers.set(id, informer)
    informer.onChange(({ type: change, object }) => {
      if (change !== 'deleted') return this.#show(object)
      this.#shown.delete(uidOf(object))
      this.#say({ kind: type.kind, name: keyOf(object).split('/').at(-1) ?? '', state: 'Deleting', text: 'gone' })
    })
    informer.start()
  }

  #show(object: KubeObject): void {
    const before = this.#shown.get(uidOf(object))
    const line = describeObject(object, this.#factsOf(object))
    const syncedGeneration = line.state === 'Ready' ? generationOf(object) : before?.syncedGeneration ?? 0
    const isSame = before?.line.state === line.state && before.line.text === line.text
    this.#shown.set(uidOf(object), { object, line: isSame ? before.line : line, told: isSame ? before.told : line, syncedGeneration, exchange: before?.exchange ?? '' })
    this.#watchTrouble(object, line)
    if (!isSame && object.kind !== 'RestDefinition') void this.#lookUpExchange(object, line)
    else if (!isSame) this.#tell(line)
    this.#draw()
  }

  #factsOf(object: KubeObject): { readonly made?: string } {
    if (object.kind !== 'RestDefinition' || !isObject(object.spec)) return {}
    const { resourceGroup, resource } = object.spec
    const plural = this.#plurals.get(`${textOf(resourceGroup)}/${isObject(resource) ? textOf(resource.kind) : ''}`)
    return plural === undefined ? {} : { made: `${plural}.${textOf(resourceGroup)}` }
  }

  #watchTrouble(object: KubeObject, line: ViewLine): void {
    if (object.kind !== 'RestDefinition') return
    const trouble = line.state === 'Stalled' ? `${generationOf(object)} ${line.text}` : ''
    if (this.#troubles.get(uidOf(object)) === trouble) return
    this.#troubles.set(uidOf(object), trouble)
    if (trouble !== '') this.#options.onTrouble(object)
  }

  /** The line is complete with what was said last on the wire; without it, it is told all the same. */
  async #lookUpExchange(object: KubeObject, line: ViewLine): Promise<void> {
    const exchange = (await this.#exchangesOf(object)).at(-1)
    const text = exchange === undefined ? '' : exchangeLine(exchange)
    const known = this.#shown.get(uidOf(object))
    const told = withoutAnswer(line, exchange)
    if (known !== undefined && text !== '') this.#shown.set(uidOf(object), { ...known, exchange: text, told: known.line === line ? told : known.line })
    this.#tell(line.state === 'Ready' && text !== '' ? { ...line, text: `${line.text} · ${text}` } : told)
    this.#draw()
  }

  async #exchangesOf(object: KubeObject): Promise<readonly Exchange[]> {
    const definition = [...this.#shown.values()].map((shown) => shown.object).find((other) => other.kind === 'RestDefinition' && makes(other, object))
    const [group = ''] = textOf(object.apiVersion).split('/')
    const plural = this.#plurals.get(`${group}/${textOf(object.kind)}`) ?? ''
    return definition === undefined ? [] : this.#options.exchanges(`${nameOf(definition)}-controller`, `${plural}.${group}`, keyOf(object))
  }

  async #tellUpdate(deployment: string, kind: string, key: string): Promise<void> {
    const shown = [...this.#shown.values()].find(({ object }) => object.kind === kind && keyOf(object) === key)
    if (shown === undefined || `${nameOf(shown.object)}` === '') return
    const { object, syncedGeneration } = shown
    const [group = ''] = textOf(object.apiVersion).split('/')
    const plural = this.#plurals.get(`${group}/${kind}`) ?? ''
    const text = driftText(await this.#options.exchanges(deployment, `${plural}.${group}`, key))
    if (text === undefined) return
    const isDrift = syncedGeneration === generationOf(object)
    this.#say({ kind, name: nameOf(object), state: isDrift ? 'Drift' : 'Working', text: isDrift ? `${text} · in sync again` : `your edit: ${text.replaceAll(' (you)', '').replaceAll(' (API) ≠ ', ' → ')}` })
  }

  /** Plain lines only: the block shows the state by itself. */
  #tell(line: ViewLine): void {
    if (this.#options.block === undefined) this.#print(line)
  }

  /** Something that happened, once. */
  #say(line: ViewLine): void {
    this.#print(line)
    this.#draw()
  }

  #print(line: ViewLine): void {
    const { io, block } = this.#options
    const text = printLine(line, { colour: usesColour(io), columns: io.columns, ...(block !== undefined && { widths: this.#widths() }) })
    if (block === undefined) io.out(text)
    else block.print(text)
  }

  #widths(): readonly [number, number] {
    return widthsFor([...this.#shown.values()].map(({ line }) => line))
  }

  #draw(): void {
    const { io, block, hints } = this.#options
    if (block === undefined) return
    const style = { colour: usesColour(io), columns: io.columns, widths: this.#widths() }
    const lines = [...this.#shown.values()].toSorted(order).flatMap(({ told, exchange }) => {
      const text = told.state === 'Ready' && exchange !== '' ? `${told.text} · ${exchange}` : told.text
      // What is well is one line; what is not is worth all of its words.
      return told.state === 'Ready' ? viewLines({ ...told, text }, { ...style, columns: Number.MAX_SAFE_INTEGER }) : viewLines({ ...told, text }, style)
    })
    block.show(['', ...lines, ...hints()])
  }
}

function makes({ spec }: KubeObject, object: KubeObject): boolean {
  const [group] = textOf(object.apiVersion).split('/')
  return isObject(spec) && spec.resourceGroup === group && isObject(spec.resource) && spec.resource.kind === object.kind
}

/** Definitions first, then kind by kind, each in the order of making. */
function order(a: Shown, b: Shown): number {
  const rank = ({ object }: Shown): string => `${object.kind === 'RestDefinition' ? 0 : 1} ${textOf(object.kind)} ${created(object)} ${namespaceOf(object)}/${nameOf(object)}`
  return rank(a) < rank(b) ? -1 : 1
}

function created(object: JsonObject): string {
  return textOf(metadataOf(object).creationTimestamp)
}

// Configurations have no state worth a line of their own.
function generatedType(crd: KubeObject): ResourceType | undefined {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const names = isObject(spec.names) ? spec.names : {}
  const categories = isArray(names.categories) ? names.categories : []
  const isDefinition = names.plural === 'restdefinitions'
  if (!isDefinition && !categories.includes('restresources')) return undefined
  return { group: textOf(spec.group), version: 'v1alpha1', plural: textOf(names.plural), kind: textOf(names.kind), namespaced: true }
}
