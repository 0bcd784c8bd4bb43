import { dirname } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import type { KubeChoice } from '#agent/kube/access/find-kube-config.ts'
import { kubeConfigFor, writeKubeConfig } from './fake-api.ts'

beforeEach(() => {
  vi.stubEnv('KUBECONFIG', '/nowhere')
  vi.stubEnv('HOME', '/nowhere')
  vi.stubEnv('KUBERNETES_SERVICE_HOST', undefined)
})

const none: KubeChoice = { file: null, context: null }
const serverOf = (choice = none) => findKubeAccess(choice)?.config.getCurrentCluster()?.server

test('of several files the first entry of a name counts, and the first current-context; missing files are ignored', () => {
  const first = { ...kubeConfigFor('https://first:6443', 'same'), 'current-context': undefined }
  const second = kubeConfigFor('https://second:6443', 'same')
  const third = kubeConfigFor('https://third:6443', 'other')
  vi.stubEnv(
    'KUBECONFIG',
    ['/nowhere', '', ...[first, second, third].map((one) => writeKubeConfig(one))].join(':'),
  )
  expect(serverOf()).toBe('https://first:6443')
  expect(serverOf({ ...none, context: 'other' })).toBe('https://third:6443')
})

test('without any file there is no API server', () => {
  expect(findKubeAccess()).toBe(null)
})

test('the file of the flag counts alone', () => {
  vi.stubEnv('KUBECONFIG', writeKubeConfig(kubeConfigFor('https://other:6443')))
  expect(serverOf({ ...none, file: writeKubeConfig(kubeConfigFor('https://chosen:6443')) })).toBe(
    'https://chosen:6443',
  )
})

test('paths are relative to their file, and a token file is read', async () => {
  const file = writeKubeConfig({
    ...kubeConfigFor('https://x:6443'),
    clusters: [{ name: 'test', cluster: { server: 'https://x:6443', 'certificate-authority': 'ca.crt' } }],
    users: [
      { name: 'test', user: { 'client-key': 'a/key', tokenFile: 'token', exec: { command: './login' } } },
    ],
  })
  const config = findKubeAccess({ ...none, file })?.config
  const folder = dirname(file)
  expect(config?.getCurrentCluster()?.caFile).toBe(`${folder}/ca.crt`)
  expect(config?.getCurrentUser()).toMatchObject({
    keyFile: `${folder}/a/key`,
    authProvider: { config: { tokenFile: `${folder}/token` } },
    exec: { command: `${folder}/login` },
  })
})

test('the namespace of the context, and whom the user impersonates', () => {
  const file = writeKubeConfig({
    ...kubeConfigFor('https://x:6443'),
    users: [{ name: 'test', user: { as: 'jane', 'as-groups': ['a', 'b'] } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'team' } }],
  })
  expect(findKubeAccess({ ...none, file })).toMatchObject({
    namespace: 'team',
    as: { user: 'jane', groups: ['a', 'b'] },
  })
})

test.each<[string, unknown, string | null, RegExp]>([
  [
    'an unknown context',
    kubeConfigFor('https://x'),
    'tset',
    /^context "tset" does not exist \(did you mean test\?\)$/,
  ],
  [
    'no current context',
    { ...kubeConfigFor('https://x'), 'current-context': '' },
    null,
    /^no current-context .*: test$/,
  ],
  ['no YAML', '{ a: [', null, /config: .* at line 1/],
  ['a list', '[]', null, /config: : Invalid input: expected object/],
  ['an entry without a name', { clusters: [{}] }, null, /config: clusters\.0\.name: /],
  [
    'a cluster that is not there',
    { ...kubeConfigFor('https://x'), clusters: [] },
    null,
    /^the context names the cluster "test", of which no kubeconfig has a server$/,
  ],
  [
    'what a terminal would obey',
    { ...kubeConfigFor('https://x'), 'current-context': 'a\u001b[31m' },
    null,
    /^context "a \[31m"/,
  ],
])('%s is one line', (_, content, context, said) => {
  const choice = { file: writeKubeConfig(content), context }
  expect(() => findKubeAccess(choice)).toThrow(said)
  expect(() => findKubeAccess(choice)).toThrow(/^[^\n]*$/)
})

test('a file of the flag that is not there', () => {
  expect(() => findKubeAccess({ ...none, file: '/nowhere/config' })).toThrow('/nowhere/config: no such file')
  expect(() => findKubeAccess({ ...none, file: '/proc' })).toThrow('/proc could not be read: EISDIR')
})
