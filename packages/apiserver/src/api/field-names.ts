import { checkLabel1035, checkLabel1123, checkLabelKey, checkLabelValue, checkPathSegment, checkSubdomain, type NameCheck } from '@oasgen/structural'

/** How a kind's names are checked. */
export type NameRule = 'subdomain' | 'label' | 'pathSegment' | 'service'

const RULES: Readonly<Record<NameRule, NameCheck>> = {
  subdomain: checkSubdomain, label: checkLabel1123, pathSegment: checkPathSegment, service: checkLabel1035,
}

/** `prefix`: a generateName, of which a trailing dash will be followed by something. */
export function nameFaults(rule: NameRule, name: string, form: 'whole' | 'prefix'): readonly string[] {
  return RULES[rule](form === 'prefix' && rule !== 'pathSegment' ? name.replace(/.-$/, 'a') : name)
}

export const labelFaults = checkLabel1123
export const pathSegmentFaults = checkPathSegment
export const qualifiedNameFaults = checkLabelKey
export const labelValueFaults = checkLabelValue
