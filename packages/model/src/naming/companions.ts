/** The field that refers to another resource in place of an id: `zoneId` and `zone_id` → `zoneRef`. */
export function referenceFieldName(field: string): string {
  const stem = field.replace(/[-_]?(?:id|uuid|Id|ID|Uuid|UUID)$/, '') || field
  return `${camel(stem)}Ref`
}

/** The field that refers to a Secret in place of a value: `password` → `passwordSecretRef`. */
export function secretFieldName(field: string): string {
  return `${camel(field)}SecretRef`
}

function camel(name: string): string {
  return name.replace(/[^A-Za-z0-9]+([A-Za-z0-9])?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '') || name
}
