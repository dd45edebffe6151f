import { essence, itemsOf, propertiesOf, type BodyModel } from '@oasgen/model'
import type { Encoding, Schema } from '@oasgen/openapi'
import type { BodyPlan, PropertyPlan } from '@oasgen/plan'

/** What the document says about single properties of a form or multipart body (OpenAPI `encoding`), and which of them are files. */
export function compileProperties({ encoding, object, media }: BodyModel): Pick<BodyPlan, 'properties'> {
  if (encoding !== 'form' && encoding !== 'multipart') return {}
  const entries = [...propertiesOf(object)].flatMap(([name, { schema }]) => {
    const plan = propertyPlan(media.encoding.get(name), encoding === 'multipart' && isFile(schema))
    return Object.keys(plan).length === 0 ? [] : [[name, plan] as const]
  })
  return entries.length === 0 ? {} : { properties: Object.fromEntries(entries) }
}

function propertyPlan(encoding: Encoding | undefined, isBinary: boolean): PropertyPlan {
  const contentType = encoding?.contentType === undefined ? undefined : firstConcrete(encoding.contentType)
  const style = STYLES.find((known) => known === encoding?.style)
  return {
    ...(contentType !== undefined && { contentType }),
    ...(isBinary && { file: true }),
    ...(style !== undefined && { style }),
    // Said alone it belongs to the style that is the default of forms.
    ...(encoding?.explode !== undefined && { explode: encoding.explode, ...(style === undefined && { style: 'form' as const }) }),
  }
}

const STYLES = ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'] as const

/** `image/png, image/*`: the first that names one type. */
function firstConcrete(contentTypes: string): string | undefined {
  return contentTypes.split(',').map((text) => text.trim()).find((text) => text !== '' && !essence(text).includes('*'))
}

/** Bytes of a file; a list of them is several files. */
function isFile(schema: Schema): boolean {
  const items = itemsOf(schema)
  return items === undefined ? schema.format === 'binary' : items.format === 'binary'
}
