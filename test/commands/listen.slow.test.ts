import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hostdeps } from '../hosts/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-listen-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const noName =
  /cannot listen on .*: (ENOTFOUND|EAI_AGAIN|EINVAL), (the name or address is unknown|the name server)/

test.each([
  ['nope.invalid', noName],
  ['300.1.1.1', noName],
  ['[::1]', noName],
  ['localhost:80', noName],
  ['a'.repeat(300), noName],
  ['a\u001b[31mb', /^cannot listen on a \[31mb:0/],
  ['fe80::1', /^cannot listen on \[fe80::1\]:0: (EINVAL, a link-local address|EADDRNOTAVAIL|EAFNOSUPPORT)/],
  [
    'fe80::1%nope',
    /^cannot listen on \[fe80::1%nope\]:0: (EINVAL, a link-local address|ENODEV|EADDRNOTAVAIL)/,
  ],
  ['192.0.2.1', /^cannot listen on 192\.0\.2\.1:0: EADDRNOTAVAIL, this machine has no such address$/],
  ['', /^error: option '--host <address>' argument '' is invalid/],
  [' ', /^error: option '--host <address>' argument ' ' is invalid/],
])('--host "%s" is bad usage, in one line', async (host, words) => {
  const { exitCode, stderr } = await hostdeps('serve', '--round', folder, '--port', '0', '--host', host)
  expect(stderr).toMatch(words)
  expect(stderr.replace('\n(--help shows all options)', '')).not.toContain('\n')
  expect(exitCode).toBe(2)
})

test('a host of the config with a NUL in it is a mistake of the config', async () => {
  const config = join(folder, 'config.yaml')
  writeFileSync(config, 'http: { host: "a\\0b" }\n')
  const { exitCode, stderr } = await hostdeps('check', '--config', config)
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/config\.yaml:1: http\.host: .*U\+0000/)])
})
