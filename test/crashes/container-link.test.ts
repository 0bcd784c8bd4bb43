import { expect, test } from 'vitest'
import { parseContainerLink, parseLogPlace } from '#agent/crashes/container-link.ts'

const id = '3f'.repeat(32)

test('the name of a link says whose attempt it is', () => {
  expect(parseContainerLink(`longhorn-manager-5mc6p_longhorn-system_longhorn-manager-${id}.log`)).toEqual({
    pod: 'longhorn-manager-5mc6p',
    namespace: 'longhorn-system',
    container: 'longhorn-manager',
    id,
  })
  // A static pod: its name ends in that of the node, which may have dots.
  expect(parseContainerLink(`etcd-node1.example.com_kube-system_etcd-${id}.log`)?.pod).toBe(
    'etcd-node1.example.com',
  )
})

test.each([
  ['no id', 'web_default_web.log'],
  ['an id that the kubelet cut', `web_default_web-${id.slice(1)}.log`],
  ['no namespace', `web_web-${id}.log`],
  ['a part too many', `a_b_c_d-${id}.log`],
  ['an escape sequence', `web\u001b[31m_default_web-${id}.log`],
  ['a way out', `../../etc_default_web-${id}.log`],
  ['a rotated name', `web_default_web-${id}.log.20260101-120000`],
  ['more than a name may have', `${'a'.repeat(254)}_default_web-${id}.log`],
  ['nothing', ''],
])('a name with %s is none', (_, name) => {
  expect(parseContainerLink(name)).toBeNull()
})

test('the path of a log says the uid of its pod and how often the container was started again', () => {
  const uid = 'd1c0ab8c-7a1c-4d3e-9a3c-1d4b9f6c2b1a'
  const place = { namespace: 'default', pod: 'web-0', uid, container: 'web', restarts: 57 }
  expect(parseLogPlace(`/var/log/pods/default_web-0_${uid}/web/57.log`)).toEqual(place)
  // podLogsDir of the kubelet.
  expect(parseLogPlace(`/data/kubernetes/logs/default_web-0_${uid}/web/57.log`)).toEqual(place)
})

test.each([
  '/var/lib/docker/containers/3f/3f-json.log',
  'default_web-0_1/web/57.log',
  '/var/log/pods/default_web-0_1/web/57.log.20260101-120000',
  '/var/log/pods/default_web-0_1/web/1e3.log',
  '/var/log/pods/default_web-0_1/57.log',
  '/etc/shadow',
  '',
])('%j is the path of no log', (path) => {
  expect(parseLogPlace(path)).toBeNull()
})
