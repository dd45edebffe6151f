import { invalidValue, type FieldFault } from '../failure.js'

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

export function portNumberFaults(port: number, path: string): readonly FieldFault[] {
  return port >= 1 && port <= 65_535 ? [] : [invalidValue(path, port, 'must be between 1 and 65535, inclusive')]
}

export function portNameFaults(name: string, path: string): readonly FieldFault[] {
  return portNameProblems(name).map((message) => invalidValue(path, name, message))
}

function portNameProblems(name: string): readonly string[] {
  return [
    ...(name.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
    ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(name.startsWith('-') || name.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
  ]
}
