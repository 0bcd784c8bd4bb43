import { describe, expect, test } from 'vitest'
import { madeCheck, stepsFor } from './made-likes.ts'

const load = (name: string) => `modprobe ${name} && echo ${name} > /etc/modules-load.d/hostdeps-${name}.conf`

describe('a new node lacks everything', () => {
  test('so all that a check requires is brought, and of the checks that it includes', () => {
    const steps = stepsFor('debian', ['longhorn'])
    expect(steps).toContainEqual(
      expect.stringMatching(/apt-get install -y open-iscsi util-linux nfs-common /),
    )
    expect(steps).toContain(load('iscsi_tcp'))
    expect(steps).toContain('systemctl enable --now iscsid.socket')
    expect(steps.filter((step) => step.includes('apt-get install'))).toHaveLength(1)
  })

  test('what is recommended is left to whoever asks the node once it is there', () => {
    expect(stepsFor('debian', ['inotify-limits', 'file-and-process-limits', 'redis'])).toEqual([])
  })

  test('what applies to other hosts is not brought', () => {
    const check = madeCheck(
      'own',
      'needs:\n  - { kernelModule: aa, when: { os: [rhel] } }\n  - { kernelModule: bb, when: { kernel: ">=5" } }\n  - { kernelModule: cc, when: { arch: [amd64] } }',
    )
    expect(stepsFor('debian', ['own'], [check])).toEqual([load('cc')])
    expect(stepsFor('rocky', ['own'], [check])).toEqual([load('aa'), load('cc')])
  })

  test('a check is brought once, also when others include it', () => {
    const steps = stepsFor('debian', ['open-iscsi', 'longhorn', 'iscsi-volumes'])
    expect(new Set(steps).size).toBe(steps.length)
  })
})

describe('nothing is known of its kernel', () => {
  test.each(['btf', 'cgroup-v2', 'cilium-netkit', 'tetragon'])(
    'what only another kernel has is not said: %s',
    (name) => {
      expect(stepsFor('debian', [name]).filter((step) => step.startsWith('#'))).toEqual([])
    },
  )

  test('of modules any of which will do, it takes the one that is there', () => {
    expect(stepsFor('debian', ['calico'])).toContain(`{ ${load('ipip')}; } || { ${load('vxlan')}; }`)
  })

  test('what a newer kernel does not need is not loaded', () => {
    expect(stepsFor('debian', ['sysbox']).join('\n')).not.toContain('shiftfs')
  })

  test('packages of the running kernel are named by it', () => {
    const check = madeCheck(
      'own',
      'needs:\n  - binary: own\nfix:\n  all: { packages: ["linux-headers-$(uname -r)", own] }',
    )
    expect(stepsFor('debian', ['own'], [check])).toContainEqual(
      expect.stringContaining('install -y linux-headers-$(uname -r) own '),
    )
  })
})

describe('alternatives', () => {
  test('the first that something is known for', () => {
    const check = madeCheck(
      'own',
      'needs:\n  - anyOf:\n      - cpuFeature: avx\n      - check: open-iscsi\n      - check: nfs-client',
    )
    const steps = stepsFor('debian', ['own'], [check])
    expect(steps.join('\n')).toContain('apt-get install -y open-iscsi ')
    expect(steps.join('\n')).not.toContain('nfs')
  })
})

describe('checks that want the opposite of each other', () => {
  test('neither is done against the other, and that is said', () => {
    const steps = stepsFor('debian', ['auditd', 'audit-socket'])
    expect(steps).toContainEqual(expect.stringMatching(/^# auditd wants the opposite on this node/))
    expect(steps.filter((step) => !step.startsWith('#')).join('\n')).not.toContain('disable')
  })

  test('alone, each is done', () => {
    expect(stepsFor('debian', ['audit-socket'])).toContainEqual(
      expect.stringContaining('systemctl disable --now'),
    )
  })
})

test('what switches something off is done only for checks that somebody named', () => {
  const steps = stepsFor('debian', ['no-firewalld', 'open-iscsi'], [], false)
  expect(steps.filter((step) => !step.startsWith('#')).join('\n')).not.toMatch(/ufw|firewalld/)
  expect(steps).toContainEqual(expect.stringContaining('# Not run unless its check is named: ufw disable'))
  expect(stepsFor('debian', ['no-firewalld', 'open-iscsi'])).toContainEqual(
    expect.stringMatching(/^! command -v ufw/),
  )
})

describe('an image to which nothing can be added', () => {
  test.each(['talos', 'bottlerocket'] as const)('%s: what is written for it, and no command', (kind) => {
    const steps = stepsFor(kind, ['longhorn', 'elasticsearch'])
    expect(steps.length).toBeGreaterThan(1)
    expect(steps.filter((step) => !step.startsWith('# '))).toEqual([])
  })

  test('Flatcar runs what is in it', () => {
    expect(stepsFor('flatcar', ['open-iscsi'])).toContain('systemctl enable --now iscsid')
  })

  test('an image that is built: what is to be added to it', () => {
    expect(stepsFor('kairos', ['open-iscsi'])).toContainEqual(
      expect.stringContaining('add open-iscsi to its Dockerfile'),
    )
  })
})
