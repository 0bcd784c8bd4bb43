import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { longestConfig, patchCommand } from '#agent/cluster/suggest/patch-command.ts'
import { hostile } from '../made-nodes.ts'

const map = { namespace: 'hostdeps', name: 'hostdeps', text: 'checks: [longhorn]\n', resourceVersion: '17' }

test('what it looks like', () => {
  expect(patchCommand(map, [])).toBe(
    String.raw`kubectl -n hostdeps patch configmap hostdeps --type merge -p '{"metadata":{"resourceVersion":"17"},"data":{"config.yaml":"checks: [longhorn]\n"}}'`,
  )
  expect(patchCommand(map, ['--context=admin@a b', "--as=o'neil"])).toMatch(
    /^kubectl '--context=admin@a b' '--as=o'\\''neil' -n hostdeps /,
  )
})

const nasty = `# it's \\ \\\\ \\n "here" ! !! $HOME \`reboot\` $(reboot) é 日本 😀 \u0007 \ud800 ${hostile}\nchecks: []\n`

/** Those that are here; fish and csh read single quotes in ways of their own, which the text avoids. */
const shells = ['/bin/sh', '/bin/bash', '/bin/dash'].filter((shell) => existsSync(shell))

describe.each(shells)('%s', (shell) => {
  test.each([nasty, map.text])('the text arrives as it is', async (text) => {
    const command = patchCommand({ ...map, text }, []) ?? ''
    expect(command).toMatch(/^[\x20-\x7e]+$/)
    const words = `kubectl() { for word; do printf '%s\\n' "$word"; done; }; ${command}`
    const { stdout } = await execa(shell, ['-c', words])
    const patch = stdout.split('\n').at(-1) ?? ''
    expect(stdout.split('\n').slice(0, -1)).toEqual([
      '-n',
      'hostdeps',
      'patch',
      'configmap',
      'hostdeps',
      '--type',
      'merge',
      '-p',
    ])
    expect(JSON.parse(patch).data['config.yaml']).toBe(text)
  })
})

test('no backslash, quote or exclamation mark stands in it that a shell may read', () => {
  const command = patchCommand({ ...map, text: nasty }, []) ?? ''
  const [, inside = ''] = / -p '(.*)'$/.exec(command) ?? []
  expect(inside).not.toMatch(/['!]|\\\\/)
})

test.each([
  ['no namespace', { ...map, namespace: hostile }],
  ['no name', { ...map, name: 'a;reboot' }],
  ['no text', { ...map, text: null }],
  ['a text that the gate would not read', { ...map, text: '#'.repeat(longestConfig + 1) }],
])('%s: no command', (_, odd) => {
  expect(patchCommand(odd, [])).toBeNull()
})

test('a version that is none is left out', () => {
  expect(patchCommand({ ...map, resourceVersion: hostile }, [])).not.toContain('resourceVersion')
})

test('the longest one is a word that a program gets', async () => {
  const command = patchCommand({ ...map, text: '\u2028'.repeat(longestConfig) }, []) ?? ''
  const { stdout } = await execa('/bin/sh', ['-c', `${command.replace('kubectl', '/bin/echo')} | wc -c`])
  expect(Number(stdout)).toBeGreaterThan(6 * longestConfig)
})
