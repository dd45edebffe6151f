import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { bits, boolean, explicit, implicit, integer, objectIdentifier, octets, sequence, set, time, utf8 } from './der.js'

/** Who a certificate speaks for. Kubernetes reads CN as the user's name and every O as a group. */
export interface Subject {
  readonly commonName: string
  readonly organizations?: readonly string[]
}

export interface CertificateRequest {
  readonly subject: Subject
  readonly usage: 'authority' | 'server' | 'client'
  readonly notBefore: number
  readonly notAfter: number
  /** Names and addresses that a server certificate is good for. */
  readonly hosts?: readonly string[]
}

/** A certificate with its private key, both PEM. */
export interface Credential {
  readonly certificate: string
  readonly key: string
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const

interface Issuer {
  readonly subject: Subject
  readonly key: KeyObject
}

export function createAuthority(subject: Subject, notBefore: number, notAfter: number): Credential {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return issue({ subject, usage: 'authority', notBefore, notAfter }, privateKey, { subject, key: privateKey })
}

export function issueCertificate(request: CertificateRequest, issuer: Issuer): Credential {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return issue(request, privateKey, issuer)
}

function issue(request: CertificateRequest, key: KeyObject, issuer: Issuer): Credential {
  const body = toBeSigned(request, key, issuer)
  const signature = sign('sha256', body, issuer.key)
  const certificate = sequence(body, algorithm(), bits(signature))
  return { certificate: pem('CERTIFICATE', certificate), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function toBeSigned(request: CertificateRequest, key: KeyObject, issuer: Issuer): Uint8Array {
  const version3 = explicit(0, integer(Buffer.of(2)))
  const serial = randomBytes(16)
  serial[0] = (serial[0] ?? 0) & 0x7f | 0x01
  return sequence(
    version3, integer(serial), algorithm(), name(issuer.subject),
    sequence(time(request.notBefore), time(request.notAfter)),
    name(request.subject), publicKeyInfo(key), explicit(3, sequence(...extensions(request, key, issuer))),
  )
}

function extensions(request: CertificateRequest, key: KeyObject, issuer: Issuer): Uint8Array[] {
  const authority = request.usage === 'authority'
  // keyUsage bits from the left: 0 digitalSignature, 5 keyCertSign, 6 cRLSign.
  const usage = authority ? bits(Buffer.of(0b1000_0110), 1) : bits(Buffer.of(0b1000_0000), 7)
  const list = [
    extension(OID.keyUsage, usage, 'critical'),
    extension(OID.basicConstraints, authority ? sequence(boolean(true)) : sequence(), 'critical'),
    extension(OID.subjectKeyIdentifier, octets(keyIdentifier(key))),
    extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(issuer.key)))),
  ]
  if (!authority) {
    list.push(extension(OID.extendedKeyUsage, sequence(objectIdentifier(request.usage === 'server' ? OID.serverAuth : OID.clientAuth))))
  }
  if (request.hosts?.length) list.push(extension(OID.subjectAlternativeName, sequence(...request.hosts.map(alternativeName))))
  return list
}

function extension(oid: string, value: Uint8Array, weight: 'critical' | 'plain' = 'plain'): Uint8Array {
  return sequence(objectIdentifier(oid), ...(weight === 'critical' ? [boolean(true)] : []), octets(value))
}

function alternativeName(host: string): Uint8Array {
  const address = addressBytes(host)
  return address ? implicit(7, address) : implicit(2, Buffer.from(host, 'ascii'))
}

function addressBytes(host: string): Uint8Array | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return Buffer.from(host.split('.').map(Number))
  if (host === '::1') return Buffer.from([...Array<number>(15).fill(0), 1])
  return undefined
}

function name(subject: Subject): Uint8Array {
  const organizations = (subject.organizations ?? []).map((text) => set(sequence(objectIdentifier(OID.organization), utf8(text))))
  return sequence(...organizations, set(sequence(objectIdentifier(OID.commonName), utf8(subject.commonName))))
}

function algorithm(): Uint8Array {
  return sequence(objectIdentifier(OID.ecdsaWithSha256))
}

function publicKeyInfo(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

function keyIdentifier(key: KeyObject): Uint8Array {
  // The point is the last 65 bytes of the P-256 SubjectPublicKeyInfo (RFC 5280, 4.2.1.2, method 1).
  return createHash('sha1').update(publicKeyInfo(key).subarray(-65)).digest()
}

function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
