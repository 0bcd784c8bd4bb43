import { expect, test } from 'vitest'
import { configWith } from '#agent/commands/wiring/suggest/config-with.ts'

const set = (text: string, before: readonly string[]) =>
  configWith(text, ['longhorn', 'cilium'], [...before, 'longhorn', 'cilium'])

/** Nothing but the inserted text differs. */
test.each<[string, string, string[], string]>([
  [
    'a list in brackets',
    '# mine\n\n\nchecks: [ time-sync,  "nfs-client" ]   # why\ninterval:   90s   # slow\n',
    ['time-sync', 'nfs-client'],
    '# mine\n\n\nchecks: [ time-sync,  "nfs-client", longhorn, cilium ]   # why\ninterval:   90s   # slow\n',
  ],
  [
    'a list in brackets of several lines',
    'checks: [\n  time-sync, # first\n  nfs-client # last\n]\n',
    ['time-sync', 'nfs-client'],
    'checks: [\n  time-sync, # first\n  nfs-client, longhorn, cilium # last\n]\n',
  ],
  [
    'a list of lines',
    'checks:\n  - time-sync   # first\n  - nfs-client  # last\n  # after\nhttp: { port: 9000 }\n',
    ['time-sync', 'nfs-client'],
    'checks:\n  - time-sync   # first\n  - nfs-client  # last\n  - longhorn\n  - cilium\n  # after\nhttp: { port: 9000 }\n',
  ],
  [
    'a list of lines at the margin, without a line break at its end',
    'interval: 90s\nchecks:\n- time-sync',
    ['time-sync'],
    'interval: 90s\nchecks:\n- time-sync\n- longhorn\n- cilium',
  ],
  [
    "another system's line breaks",
    'checks:\r\n  - time-sync\r\ninterval: 90s\r\n',
    ['time-sync'],
    'checks:\r\n  - time-sync\r\n  - longhorn\n  - cilium\ninterval: 90s\r\n',
  ],
  ['an empty list', 'checks: [] # none\n', [], 'checks: [longhorn, cilium] # none\n'],
  [
    'no list: the defaults are written',
    '# mine\ninterval: 90s # slow',
    ['kubernetes-node', 'time-sync', 'open-iscsi', 'nfs-client'],
    '# mine\ninterval: 90s # slow\nchecks: [kubernetes-node, time-sync, open-iscsi, nfs-client, longhorn, cilium]\n',
  ],
  [
    'comments alone',
    '# mine\n',
    ['kubernetes-node', 'time-sync', 'open-iscsi', 'nfs-client'],
    '# mine\nchecks: [kubernetes-node, time-sync, open-iscsi, nfs-client, longhorn, cilium]\n',
  ],
  [
    'all in braces',
    '{checks: [time-sync], interval: 90s} # mine\n',
    ['time-sync'],
    '{checks: [time-sync, longhorn, cilium], interval: 90s} # mine\n',
  ],
  [
    'all in braces without a list',
    '{interval: 90s} # mine\n',
    ['kubernetes-node', 'time-sync', 'open-iscsi', 'nfs-client'],
    '{interval: 90s, checks: [kubernetes-node, time-sync, open-iscsi, nfs-client, longhorn, cilium]} # mine\n',
  ],
])('%s', (_, text, before, changed) => {
  expect(set(text, before)).toBe(changed)
})

test.each([
  ['no YAML', 'checks: ['],
  ['a mistake elsewhere', 'checks: [time-sync]\ninterval: soon\n'],
  ['a check twice', 'checks: [time-sync, longhorn]\n'],
  ['two documents', 'checks: [time-sync]\n---\nchecks: [time-sync]\n'],
  ['a list that is used twice', 'checks: &a [time-sync]\ncrashes: { exclude: *a }\n'],
])('%s is left alone', (_, text) => {
  expect(set(text, ['time-sync'])).toBeNull()
})
