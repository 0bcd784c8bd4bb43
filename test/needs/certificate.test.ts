import { expect, test } from 'vitest'
import { certificate } from '#agent/needs/places/certificate.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

/** Of a throw-away key, from 2026-11-24 to 2026-12-24. */
const pem = `-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUF8ptvf9RfnPDj4laPSZPxH//RsMwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjQwODUzMjFaFw0yNjEyMjQwODUzMjFa
MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASU9Hl9
i8Nzq2LpD9Zg/esyLRzgPUm20odK2IvdIpGdvOk5LST3N0jmC+W+FbFi8fg8YE9o
GrwTk20tWnm7Pk07o1MwUTAdBgNVHQ4EFgQUmZpP+Pm7X3cAdPvvOfrQNphVZasw
HwYDVR0jBBgwFoAUmZpP+Pm7X3cAdPvvOfrQNphVZaswDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNJADBGAiEA01TzQ/NAHiAMqkXQXUjLkjWD6nLV+D26SAkd
aEiASfwCIQD6gHBOU84br+0YhQ7+JcdiusPiQAyPheYEh3YJtHVAAw==
-----END CERTIFICATE-----
`
const path = '/var/lib/kubelet/pki/kubelet-client-current.pem'
const key = '-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0\n-----END EC PRIVATE KEY-----\n'
const on = (day: string) => Date.parse(`${day}T12:00:00Z`)

test.each<[string, unknown, string, string, string]>([
  ['valid', path, '2026-12-01', pem, 'CertificateValid'],
  ['for long enough', { path, valid: '7d' }, '2026-12-01', pem, 'CertificateValid'],
  ['not for long enough', { path, valid: '7d' }, '2026-12-20', pem, 'CertificateExpiresSoon'],
  ['expired', path, '2027-01-01', pem, 'CertificateExpired'],
  ['not valid yet, or the clock is wrong', path, '2026-11-01', pem, 'CertificateNotYetValid'],
  ['beside its key', path, '2026-12-01', key + pem, 'CertificateValid'],
  ['the first of two', path, '2026-12-01', pem + pem.replace('MII', 'XXX'), 'CertificateValid'],
  ['a key alone', path, '2026-12-01', key, 'QuestionFailed'],
  ['cut', path, '2026-12-01', pem.replace('MII', 'XXX'), 'QuestionFailed'],
  ['empty', path, '2026-12-01', '', 'QuestionFailed'],
])('%s', (_, written, day, text, reason) => {
  const host = { files: { [path]: text }, facts: { now: on(day) } }
  const said = judgeOn(certificate, { certificate: written }, host)
  expect(said.reason).toBe(reason)
  expect(JSON.stringify(said)).not.toMatch(/c2VjcmV0|MII|CN=/)
})

test('when it ends is evidence alone: what is published changes with the state only', () => {
  const host = { files: { [path]: pem }, facts: { now: on('2026-12-20') } }
  const { message, evidence } = judgeOn(certificate, { certificate: { path, valid: '7d' } }, host)
  expect(message).toBe(`the certificate ${path} expires within 7d`)
  expect(evidence).toEqual(['valid from 2026-11-24 to 2026-12-24'])
})

test('absent is missing, all else is unknown', () => {
  expect(judgeOn(certificate, { certificate: path }, { files: {} }).reason).toBe('CertificateNotFound')
  for (const fate of unansweredFates)
    expect(judgeOn(certificate, { certificate: path }, { files: { [path]: fate } }).state).toBe('unknown')
})

test.each(['kubelet.pem', '/a/../b', { path, valid: 'soon' }])('refused: %j', (written) => {
  expect(certificate.schema.safeParse({ certificate: written }).success).toBe(false)
})
