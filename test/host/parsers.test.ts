import { describe, expect, test } from 'vitest'
import { parseSuspectMounts } from '#agent/host/files/suspect-mounts.ts'
import { readNsenter } from '#agent/host/programs/nsenter.ts'
import { parseUnits, readUnits } from '#agent/host/programs/systemctl.ts'
import type { Answer, RunResult } from '#agent/model/question.ts'

describe('systemctl show', () => {
  const block = (load: string, active: string) =>
    `LoadState=${load}\nActiveState=${active}\nSubState=dead\nUnitFileState=\n`
  const two = `${block('loaded', 'active')}\n${block('loaded', 'active')}`
  const ended: RunResult = { exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false }
  const found = (value: RunResult): Answer<RunResult> => ({ fate: 'found', value })

  test('one block per unit, in the order of the question', () => {
    expect(parseUnits(`${block('loaded', 'active')}\n${block('not-found', 'inactive')}`)).toEqual([
      { LoadState: 'loaded', ActiveState: 'active', SubState: 'dead', UnitFileState: '' },
      { LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead', UnitFileState: '' },
    ])
  })

  test('masked, and without a file', () => {
    const said = 'LoadState=masked\nActiveState=failed\nSubState=failed\nUnitFileState=masked\n'
    const [masked, bare] = readUnits(
      ['a.service', 'b.scope'],
      ran(0, `${said}\nLoadState=loaded\nActiveState=active\nSubState=running\n`, ''),
    )
    expect(masked).toEqual({
      fate: 'found',
      value: { LoadState: 'masked', ActiveState: 'failed', SubState: 'failed', UnitFileState: 'masked' },
    })
    expect(bare).toMatchObject({ value: { LoadState: 'loaded', UnitFileState: '' } })
  })

  test.each<[string, Answer<RunResult>, object]>([
    [
      'no D-Bus',
      ran(1, '', 'Failed to connect to bus: No such file or directory\n'),
      { fate: 'failed', detail: 'systemctl: Failed to connect to bus: No such file or directory' },
    ],
    ['refused', ran(1, '', 'Failed to get properties: Access denied'), { fate: 'denied' }],
    [
      'fewer blocks than units',
      ran(0, block('loaded', 'active'), ''),
      { fate: 'failed', detail: 'systemctl: exit code 0, 1 of 2 units' },
    ],
    [
      'no systemctl',
      { fate: 'absent', detail: 'looked for it' },
      { fate: 'failed', detail: "systemctl is not on the host's PATH" },
    ],
    ['a D-Bus that hangs', { fate: 'timed-out', detail: 'no answer within 5000 ms' }, { fate: 'timed-out' }],
    ['denied', { fate: 'denied', detail: 'nsenter: no' }, { fate: 'denied' }],
    [
      'one that was killed within the last unit',
      found({ ...ended, exitCode: null, signal: 'SIGKILL', stdout: `${two}LoadState=lo` }),
      { fate: 'failed', detail: 'systemctl: it was ended by SIGKILL' },
    ],
    [
      'one that was killed after the last unit',
      found({ ...ended, exitCode: null, signal: 'SIGTERM', stdout: two }),
      { fate: 'failed' },
    ],
    ['output that was cut off', found({ ...ended, stdout: two, truncated: true }), { fate: 'failed' }],
    [
      'an exit code, whatever it printed',
      found({ ...ended, exitCode: 1, stdout: two, stderr: 'Failed to get properties: Access denied\n' }),
      { fate: 'denied' },
    ],
  ])('%s proves nothing about any unit', (_, answer, wanted) => {
    const answers = readUnits(['a.service', 'b.service'], answer)
    expect(answers).toHaveLength(2)
    for (const one of answers) expect(one).toMatchObject(wanted)
  })
})

test('only the unit with missing properties fails', () => {
  const blocks = [
    'LoadState=loaded\nActiveState=active\nSubState=running',
    'LoadState=loaded\nActiveState=',
    'SubState=dead',
  ]
  const answers = readUnits(['a.service', 'b.service', 'c.service'], ran(0, `${blocks.join('\n\n')}\n`, ''))
  expect(answers.map(({ fate }) => fate)).toEqual(['found', 'failed', 'failed'])
  expect(answers[1]).toMatchObject({ detail: 'systemctl: it did not show every state of b.service' })
})

describe('mounts that may hang', () => {
  test.each([
    ['NFS', '36 35 0:40 / /mnt/data rw,relatime shared:1 - nfs4 server:/data rw', ['/mnt/data']],
    ['FUSE of any kind', '36 35 0:40 / /mnt/f rw - fuse.sshfs host: rw', ['/mnt/f']],
    ['a space in its name', '36 35 0:40 / /mnt/my\\040data rw - cifs //s/d rw', ['/mnt/my data']],
    ['a disk', '36 35 254:1 / / rw - ext4 /dev/vda1 rw', []],
    ['fusectl is the kernel itself', '36 35 0:40 / /sys/fs/fuse/connections rw - fusectl fusectl rw', []],
    [
      'the last mount on a place counts',
      '36 35 0:40 / /m rw - nfs4 s:/ rw\n37 36 254:2 / /m rw - ext4 /dev/vdb rw',
      [],
    ],
    ['garbage', 'nonsense\n\n36', []],
  ])('%s', (_, text, wanted) => {
    expect([...parseSuspectMounts(text)]).toEqual(wanted)
  })
})

describe('nsenter', () => {
  test.each<[string, Answer<RunResult>, object]>([
    ['what the program did', ran(3, 'out', 'err'), { fate: 'found', value: { exitCode: 3 } }],
    [
      'a program that is not there',
      ran(127, '', 'nsenter: failed to execute /x: No such file or directory'),
      { fate: 'found', value: { exitCode: 127 } },
    ],
    [
      'a closed namespace',
      ran(1, '', 'nsenter: cannot open /proc/1/ns/mnt: Permission denied'),
      { fate: 'denied' },
    ],
    [
      'a namespace that may not be entered',
      ran(1, '', "nsenter: reassociate to namespace 'ns/mnt' failed: Operation not permitted"),
      { fate: 'denied' },
    ],
    [
      'a process that is gone',
      ran(1, '', 'nsenter: cannot open /proc/99/ns/mnt: No such file or directory'),
      { fate: 'failed' },
    ],
    [
      'no nsenter',
      ran(127, '', 'cannot execute: No such file or directory'),
      { fate: 'failed', detail: 'nsenter (util-linux) is not installed beside the agent' },
    ],
    [
      'a program that prints the words of nsenter and ends well',
      ran(0, '', 'nsenter: cannot open x'),
      { fate: 'found' },
    ],
  ])('%s', (_, answer, wanted) => {
    expect(readNsenter(answer)).toMatchObject(wanted)
  })
})

function ran(exitCode: number, stdout: string, stderr: string): Answer<RunResult> {
  return { fate: 'found', value: { exitCode, signal: null, stdout, stderr, truncated: false } }
}
