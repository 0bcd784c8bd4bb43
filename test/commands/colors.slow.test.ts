import { execa } from 'execa'
import { expect, test } from 'vitest'

const escape = '\u001b['

test.each([
  ['a pipe', {}, false],
  ['a pipe, with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
  ['a pipe, with both', { FORCE_COLOR: '0', NO_COLOR: '1' }, false],
] as const)('into %s: colours %s', async (_, env, isColored) => {
  const { stdout } = await check(env)
  expect(stdout).toContain('no-such-tool')
  expect(stdout.includes(escape)).toBe(isColored)
})

test.each([
  ['a terminal', {}, true],
  ['a terminal, with NO_COLOR', { NO_COLOR: '1' }, false],
] as const)('on %s', async (_, env, isColored) => {
  const command = `${process.execPath} agent/main.ts check no-such-tool --checks test/commands/colors`
  // script(1) of util-linux runs a command on a terminal of its own.
  const { stdout } = await execa('script', ['-qec', command, '/dev/null'], {
    env: { ...plain, ...env, TERM: 'xterm-256color' },
    extendEnv: false,
    reject: false,
  })
  expect(stdout).toContain('no-such-tool')
  expect(stdout.includes(escape)).toBe(isColored)
})

/** The environment without what decides about colours. */
const plain = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !['NO_COLOR', 'FORCE_COLOR', 'CI', 'COLORTERM'].includes(name),
  ),
)

function check(env: Readonly<Record<string, string>>) {
  const args = ['agent/main.ts', 'check', 'no-such-tool', '--checks', 'test/commands/colors']
  return execa(process.execPath, args, { env: { ...plain, ...env }, extendEnv: false, reject: false })
}
