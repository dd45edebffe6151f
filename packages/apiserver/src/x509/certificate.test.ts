import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAuthority, issueCertificate } from './certificate.js'
import { integer, objectIdentifier, time } from './der.js'

const NOW = Date.parse('2026-05-06T07:08:09Z')
const YEAR = 365 * 86_400_000
const subject = { commonName: 'test-ca' }
const authority = createAuthority(subject, NOW, NOW + 10 * YEAR)
const issuer = { subject, key: createPrivateKey(authority.key) }

describe('certificates', () => {
  it('makes an authority that signs itself', () => {
    const certificate = new X509Certificate(authority.certificate)
    expect(certificate.ca).toBe(true)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.subject).toBe('CN=test-ca')
  })

  it('issues a server certificate for names and addresses', () => {
    const made = issueCertificate({ subject: { commonName: 'server' }, usage: 'server', notBefore: NOW, notAfter: NOW + YEAR, hosts: ['localhost', '127.0.0.1', '::1'] }, issuer)
    const certificate = new X509Certificate(made.certificate)
    expect(certificate.checkIssued(new X509Certificate(authority.certificate))).toBe(true)
    expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true)
    expect([certificate.checkHost('localhost'), certificate.checkIP('127.0.0.1'), certificate.checkHost('evil.example')]).toEqual(['localhost', '127.0.0.1', undefined])
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(certificate.checkPrivateKey(createPrivateKey(made.key))).toBe(true)
  })

  it('issues a client certificate whose organizations are groups', () => {
    const made = issueCertificate({ subject: { commonName: 'jane', organizations: ['devs', 'ops'] }, usage: 'client', notBefore: NOW, notAfter: NOW + YEAR }, issuer)
    expect(new X509Certificate(made.certificate).subject).toBe('O=devs\nO=ops\nCN=jane')
  })
})

describe('DER', () => {
  it.each([
    { reason: 'a positive number keeps its sign by a zero in front', made: integer(Buffer.of(0x80)), want: '02020080' },
    { reason: 'leading zeros go', made: integer(Buffer.of(0, 0, 1)), want: '020101' },
    { reason: 'object identifiers in base 128', made: objectIdentifier('1.2.840.10045.4.3.2'), want: '06082a8648ce3d040302' },
    { reason: 'UTCTime up to 2049', made: time(Date.parse('2049-12-31T23:59:59Z')), want: `170d${Buffer.from('491231235959Z').toString('hex')}` },
    { reason: 'GeneralizedTime from 2050 on', made: time(Date.parse('2050-01-01T00:00:00Z')), want: `180f${Buffer.from('20500101000000Z').toString('hex')}` },
  ])('$reason', ({ made, want }) => {
    expect(Buffer.from(made).toString('hex')).toBe(want)
  })
})
