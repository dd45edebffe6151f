import { createPrivateKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signAwsV4 } from './aws-v4.js'
import { answerDigest, readDigestChallenge } from './digest.js'
import type { Header } from './credentials.js'
import { signOci } from './oci-signature.js'

const value = (headers: readonly Header[], name: string): string | undefined => headers.find(([key]) => key === name)?.[1]

describe('signAwsV4 gives the published signatures', () => {
  const suite = { region: 'us-east-1', service: 'service', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', at: Date.UTC(2015, 7, 30, 12, 36, 0) }
  const sts = 'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
  const rows: readonly { name: string; method?: string; url?: string; headers?: readonly Header[]; body?: string; token?: string; want: string; reason: string }[] = [
    { name: 'get-vanilla', want: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31', reason: 'the plainest request' },
    { name: 'get-vanilla-query-order-key-case', url: '/?Param2=value2&Param1=value1', want: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500', reason: 'the query is sorted' },
    { name: 'get-vanilla-empty-query-key', url: '/?Param1=value1', want: 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb', reason: 'one parameter' },
    { name: 'get-slashes', url: '//example//', want: '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84', reason: 'the path is normalised' },
    { name: 'get-header-value-trim', headers: [['my-header1', ' value1'], ['my-header2', ' "a   b   c"']], want: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736', reason: 'white space in headers' },
    { name: 'post-vanilla', method: 'POST', want: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b', reason: 'no body' },
    { name: 'post-x-www-form-urlencoded', method: 'POST', headers: [['content-type', 'application/x-www-form-urlencoded']], body: 'Param1=value1', want: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a', reason: 'a body' },
    { name: 'post-sts-header-before', method: 'POST', token: sts, want: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead', reason: 'temporary credentials' },
  ]
  it.each(rows)('$name: $reason', ({ method = 'GET', url = '/', headers = [], body, token, want }) => {
    const request = { method, url: new URL(url, 'https://example.amazonaws.com/'), headers, ...(body !== undefined && { body: Buffer.from(body) }) }
    if (url.startsWith('//')) request.url = new URL(`https://example.amazonaws.com${url}`)
    const signed = signAwsV4(request, { ...suite, ...(token !== undefined && { sessionToken: token }) })
    expect(value(signed, 'authorization')).toMatch(new RegExp(`Signature=${want}$`))
  })

  it('S3 GET object with a range: the path is encoded once and the content hash is a header', () => {
    const request = { method: 'GET', url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'), headers: [['range', 'bytes=0-9']] as const }
    const signed = signAwsV4(request, { region: 'us-east-1', service: 's3', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', at: Date.UTC(2013, 4, 24) })
    expect(value(signed, 'authorization')).toBe('AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')
  })

  it('encodes segments twice for every other service', () => {
    const url = new URL('https://example.amazonaws.com/a%20b')
    const once = signAwsV4({ method: 'GET', url, headers: [] }, { ...suite, service: 's3' })
    const twice = signAwsV4({ method: 'GET', url, headers: [] }, suite)
    expect(value(once, 'authorization')).not.toBe(value(twice, 'authorization'))
  })
})

// The key that draft-cavage prints in its appendix and that Oracle's documentation uses for its examples.
const PUBLISHED_TEST_KEY = createPrivateKey(`-----BEGIN RSA PRIVATE KEY-----
MIICXgIBAAKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QF
NUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+F
UR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB
AoGBAJR8ZkCUvx5kzv+utdl7T5MnordT1TvoXXJGXK7ZZ+UuvMNUCdN2QPc4sBiA
QWvLw1cSKt5DsKZ8UETpYPy8pPYnnDEz2dDYiaew9+xEpubyeW2oH4Zx71wqBtOK
kqwrXa/pzdpiucRRjk6vE6YY7EBBs/g7uanVpGibOVAEsqH1AkEA7DkjVH28WDUg
f1nqvfn2Kj6CT7nIcE3jGJsZZ7zlZmBmHFDONMLUrXR/Zm3pR5m0tCmBqa5RK95u
412jt1dPIwJBANJT3v8pnkth48bQo/fKel6uEYyboRtA5/uHuHkZ6FQF7OUkGogc
mSJluOdc5t6hI1VsLn0QZEjQZMEOWr+wKSMCQQCC4kXJEsHAve77oP6HtG/IiEn7
kpyUXRNvFsDE0czpJJBvL/aRFUJxuRK91jhjC68sA7NsKMGg5OXb5I5Jj36xAkEA
gIT7aFOYBFwGgQAQkWNKLvySgKbAZRTeLBacpHMuQdl1DfdntvAyqpAZ0lY0RKmW
G6aFKaqQfOXKCyWoUiVknQJAXrlgySFci/2ueKlIE1QqIiLSZ8V8OlpFLRnb1pzI
7U1yQXnTAEFYM560yJlzUpOb1V4cScGd365tiSMvxLOvTA==
-----END RSA PRIVATE KEY-----`)
const KEY_ID = 'ocid1.tenancy.oc1..aaaaaaaaba3pv6wkcr4jqae5f15p2b2m2yt2j6rx32uzr4h25vqstifsfdsq/ocid1.user.oc1..aaaaaaaat5nvwcna5j6aqzjcaty5eqbb6qt2jvpkanghtgdaqedqw3rynjq/20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34'

describe('signOci gives the published signatures', () => {
  const date = ['date', 'Thu, 05 Jan 2014 21:31:40 GMT'] as const

  it('GET with a query', () => {
    const url = new URL('https://iaas.us-phoenix-1.oraclecloud.com/20160918/instances?availabilityDomain=Pjwf%3A%20PHX-AD-1&compartmentId=ocid1.compartment.oc1..aaaaaaaam3we6vgnherjq5q2idnccdflvjsnog7mlr6rtdb25gilchfeyjxa&displayName=TeamXInstances&volumeId=ocid1.volume.oc1.phx.abyhqljrgvttnlx73nmrwfaux7kcvzfs3s66izvxf2h4lgvyndsdsnoiwr5q')
    const signed = signOci({ method: 'GET', url, headers: [date] }, { keyId: KEY_ID, key: PUBLISHED_TEST_KEY, at: 0 })
    expect(value(signed, 'authorization')).toBe(`Signature version="1",headers="date (request-target) host",keyId="${KEY_ID}",algorithm="rsa-sha256",signature="GBas7grhyrhSKHP6AVIj/h5/Vp8bd/peM79H9Wv8kjoaCivujVXlpbKLjMPeDUhxkFIWtTtLBj3sUzaFj34XE6YZAHc9r2DmE4pMwOAy/kiITcZxa1oHPOeRheC0jP2dqbTll8fmTZVwKZOKHYPtrLJIJQHJjNvxFWeHQjMaR7M="`)
  })

  it('POST with a body', () => {
    const body = Buffer.from(`{
    "compartmentId": "ocid1.compartment.oc1..aaaaaaaam3we6vgnherjq5q2idnccdflvjsnog7mlr6rtdb25gilchfeyjxa",
    "instanceId": "ocid1.instance.oc1.phx.abuw4ljrlsfiqw6vzzxb43vyypt4pkodawglp3wqxjqofakrwvou52gb6s5a",
    "volumeId": "ocid1.volume.oc1.phx.abyhqljrgvttnlx73nmrwfaux7kcvzfs3s66izvxf2h4lgvyndsdsnoiwr5q"
}`)
    const url = new URL('https://iaas.us-phoenix-1.oraclecloud.com/20160918/volumeAttachments')
    const signed = signOci({ method: 'POST', url, headers: [date], body }, { keyId: KEY_ID, key: PUBLISHED_TEST_KEY, at: 0 })
    expect(value(signed, 'content-length')).toBe('316')
    expect(value(signed, 'x-content-sha256')).toBe('V9Z20UJTvkvpJ50flBzKE32+6m2zJjweHpDMX/U4Uy0=')
    expect(value(signed, 'authorization')).toContain('headers="date (request-target) host content-length content-type x-content-sha256"')
    expect(value(signed, 'authorization')).toContain('signature="Mje8vIDPlwIHmD/cTDwRxE7HaAvBg16JnVcsuqaNRim23fFPgQfLoOOxae6WqKb1uPjYEl0qIdazWaBy/Ml8DRhqlocMwoSXv0fbukP8J5N80LCmzT/FFBvIvTB91XuXI3hYfP9Zt1l7S6ieVadHUfqBedWH0itrtPJBgKmrWso="')
  })

  it('signs an action without a body with the hash of nothing', () => {
    const signed = signOci({ method: 'POST', url: new URL('https://x.example.com/actions/start'), headers: [] }, { keyId: 'k', key: PUBLISHED_TEST_KEY, at: Date.UTC(2026, 0, 2) })
    expect(signed.slice(0, 4)).toEqual([['date', 'Fri, 02 Jan 2026 00:00:00 GMT'], ['content-length', '0'], ['content-type', 'application/json'], ['x-content-sha256', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=']])
  })
})

describe('answerDigest gives the responses of RFC 7616 section 3.9.1', () => {
  const header = (algorithm: string): string =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
  const answer = (text: string): string => {
    const challenge = readDigestChallenge(text)
    if (challenge === undefined) return 'no challenge'
    return answerDigest({ challenge, username: 'Mufasa', password: 'Circle of Life', method: 'GET', uri: '/dir/index.html', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', count: 1 })
  }
  it('MD5', () => expect(answer(header('MD5'))).toContain('response="8ca523f5e9506fed4657c9700eebdbec"'))
  it('SHA-256', () => expect(answer(header('SHA-256'))).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"'))
  it('takes the strongest of several challenges', () => expect(readDigestChallenge(`${header('MD5')}, ${header('SHA-256')}`)?.algorithm).toBe('SHA-256'))
  it('gives up on what it cannot answer', () => {
    expect(readDigestChallenge('Basic realm="x"')).toBeUndefined()
    expect(readDigestChallenge('Digest realm="x", nonce="n", qop="auth-int"')).toBeUndefined()
  })
})
