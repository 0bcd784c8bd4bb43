import { hostname } from 'node:os'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import type { FixStep } from '#agent/fixes/fix-steps.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import type { ScriptPart } from '#agent/fixes/script/fix-script.ts'

const command = (text: string): FixStep => ({ type: 'command', text })
const part = (given: Partial<ScriptPart>): ScriptPart => ({
  distro: 'debian',
  hosts: null,
  installer: 'unknown',
  about: ['worker-1: x'],
  steps: [],
  ...given,
})
const scriptOf = (...parts: ScriptPart[]) => fixScript(parts, { version: '0.0.0', repair: false })
/** With an os-release of our own, as each host has. */
const run = (script: string, distro = 'debian') =>
  execa('sh', ['-c', script.replace('. "$os_release"', `ID=${distro}`)], { reject: false })
const isRoot = process.getuid?.() === 0

describe.skipIf(!isRoot)('a script', () => {
  test('runs its commands in order, says each, and ends with 0', async () => {
    const { exitCode, stdout } = await run(
      scriptOf(part({ steps: [command('export A=1'), command('echo "a $A"'), command('echo b\necho c')] })),
    )
    expect(exitCode).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'hostdeps-fix: + echo "a $A"',
      'a 1',
      'hostdeps-fix: + echo b; echo c',
      'b',
      'c',
      'hostdeps-fix: done',
    ])
  })

  test.each([
    ['false', 1],
    ['false && echo never', 1],
    ['exit 7', 7],
    ['no-such-program-of-ours', 127],
    ['true; { echo a; false; }', 1],
  ])('ends loudly at the first that fails: %s', async (text, code) => {
    const steps = [command('echo first'), command(text), command('echo after')]
    const { exitCode, stdout, stderr } = await run(scriptOf(part({ steps })))
    expect(exitCode).toBe(1)
    expect(stdout).toContain('first')
    expect(stdout).not.toMatch(/^after$/m)
    expect(stderr).toContain(`hostdeps-fix: failed with exit code ${code}: ${text}`)
  })

  test('does nothing on another distribution', async () => {
    const { exitCode, stdout, stderr } = await run(scriptOf(part({ steps: [command('echo ran')] })), 'arch')
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain('nothing was done: this is arch on')
    expect(stderr).toContain('the script is for debian')
  })

  test('does on each host what is for it, and nothing on a host that it does not name', async () => {
    const own = hostname().toLowerCase()
    const of = (hosts: string[], text: string) => part({ hosts, steps: [command(`echo ${text}`)] })
    const script = scriptOf(of(['worker-1'], 'one'), of(['worker-2', own], 'two'))
    expect((await run(script)).stdout).toContain('\ntwo\n')
    const strange = await run(scriptOf(of(['worker-1'], 'one'), of(['worker-2'], 'two')))
    expect([strange.exitCode, strange.stdout]).toEqual([2, ''])
  })

  test('says what is left, and wants no reboot of a host that reboots nothing', async () => {
    const steps: FixStep[] = [
      { type: 'note', text: "it's yours: $(touch /x)" },
      { type: 'reboot', text: 'exit 9' },
    ]
    const { exitCode, stdout } = await run(scriptOf(part({ steps })))
    expect(exitCode).toBe(0)
    expect(stdout).toContain("hostdeps-fix: note: it's yours: $(touch /x)")
    expect(stdout).toContain('hostdeps-fix: reboot this host when it suits you')
  })
})

test.each([
  ["worker'; touch /x; '", 'a name with quotes'],
  ['worker\ntouch /x', 'a name of two lines'],
])('%j in what is said of the hosts is no command', (name) => {
  const script = scriptOf(part({ about: [`${name}: x`] }))
  const lines = script.split('\n').filter((line) => line.includes('touch'))
  expect(lines.every((line) => line.startsWith('#'))).toBe(true)
})

test('a command with what cannot be shown is left out', () => {
  const script = scriptOf(part({ steps: [command('echo \u202e evil')] }))
  expect(script).not.toContain('evil')
  expect(script).toContain('A command is left out')
})
