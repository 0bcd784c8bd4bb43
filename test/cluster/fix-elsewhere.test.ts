import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { fixElsewhere } from '#agent/cluster/fix-elsewhere.ts'
import { fixFactsOf } from '#agent/cluster/host-facts.ts'
import { readNode } from '#agent/cluster/node-says.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import { factQuestions, readFacts } from '#agent/model/facts.ts'
import type { NodeReport } from '#agent/node/annotation.ts'
import { compose } from '../hosts/compose.ts'
import { recordedHost } from '../hosts/recorded-host.ts'
import { debian, madeNode, noIscsi } from './made-nodes.ts'
import type { MadeCheck } from './made-nodes.ts'

const { catalog } = load({ config: null, allowCommands: false })
const folder = join(import.meta.dirname, '../hosts/composed')
const hosts = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

function fixOn(
  name: string,
  checks: Readonly<Record<string, MadeCheck>>,
  host: object = debian,
): string | null {
  const says = readNode(madeNode('a', checks, { host }), [])
  const facts = says.host === null ? null : fixFactsOf(says.host)
  if (facts === null) return null
  return fixElsewhere(name, {
    catalog,
    facts,
    checks: new Map(says.checks.map((check) => [check.name, check])),
  })
}

const missing = (id: string, reason: string): MadeCheck => ({ state: 'missing', needs: [{ id, reason }] })

describe('the facts of every composed host are known words', () => {
  test.each(hosts)('%s', async (name) => {
    const place = compose(join(folder, name))
    onTestFinished(() => rmSync(place, { recursive: true }))
    const answers = collectAnswers(await recordedHost(place).ask(factQuestions))
    const { distro, family, installer, imageBased, kernel, arch, container } = readFacts(answers, {
      arch: 'x64',
      now: 0,
    })
    const host: NodeReport['host'] = {
      distro: distro.id,
      version: distro.version,
      family,
      installer,
      imageBased,
      kernel,
      arch,
      container,
    }
    expect(fixFactsOf(host)).toMatchObject({ family, installer, imageBased, kernel, arch, container })
  })
})

test('by distribution, from ids and reasons alone', () => {
  const fedora = { ...debian, distro: 'fedora', version: '41', family: 'rhel', installer: 'dnf' }
  expect(fixOn('open-iscsi', { 'open-iscsi': noIscsi })).toContain('apt-get install -y open-iscsi')
  expect(fixOn('open-iscsi', { 'open-iscsi': noIscsi }, fedora)).toContain(
    'dnf install -y iscsi-initiator-utils',
  )
})

test('an included check is fixed as it is itself, whether the node speaks of it or not', () => {
  const longhorn = missing('check:open-iscsi', 'BinaryNotFound')
  for (const others of [{}, { 'open-iscsi': noIscsi }])
    expect(fixOn('longhorn', { longhorn, ...others })).toContain('apt-get install -y open-iscsi')
})

test('a module that is not loaded, and an update that waits for a reboot', () => {
  expect(fixOn('dm-crypt', { 'dm-crypt': missing('kernelModule:dm_crypt', 'ModuleNotLoaded') })).toContain(
    'modprobe dm_crypt',
  )
  expect(fixOn('open-iscsi', { 'open-iscsi': missing('binary:iscsiadm', 'RebootRequired') })).toBe(
    'systemctl reboot',
  )
})

test.each<[string, string, Readonly<Record<string, MadeCheck>>]>([
  ['a check of somebody else', 'mine', { mine: missing('binary:x', 'BinaryNotFound') }],
  [
    'a need that this catalogue does not know',
    'open-iscsi',
    { 'open-iscsi': missing('binary:other', 'BinaryNotFound') },
  ],
  ['a reason that there is not', 'open-iscsi', { 'open-iscsi': missing('binary:iscsiadm', 'BecauseOfMe') }],
  [
    'what is only unknown',
    'open-iscsi',
    { 'open-iscsi': { state: 'unknown', needs: [{ id: 'binary:iscsiadm', reason: 'DeadlineExceeded' }] } },
  ],
  [
    'what only the host knows the fix of',
    'open-iscsi',
    { 'open-iscsi': missing('binary:iscsiadm', 'BinaryNotExecutable') },
  ],
])('nothing is made up: %s', (_, name, checks) => {
  expect(fixOn(name, checks)).toBe(null)
})

test('a check that wants the opposite there is named, and no command given', () => {
  const [name, need] =
    [...catalog.values()]
      .flatMap(({ name, needs }) => needs.map((need) => [name, need] as const))
      .find(([, need]) => 'multipath' in need.conflicts || 'san-multipath' in need.conflicts) ?? []
  const opponent = Object.keys(need?.conflicts ?? {})[0] ?? ''
  const checks = {
    [name ?? '']: missing(need?.id ?? '', 'UnitActive'),
    [opponent]: { state: 'ready' } as const,
  }
  const fix = fixOn(name ?? '', checks) ?? ''
  expect(fix).toContain(`${opponent} wants the opposite on this node`)
  expect(fix.split('\n').every((line) => line.startsWith('#'))).toBe(true)
})
