import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { readSettings } from '../../packaging/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-settings-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())
const at = (name: string) => join(folder, name)
const without = { WITHOUT: 'image,macos' }

test('by itself: release/, dated as the commit', async () => {
  const { settings, lines } = await readSettings([], {
    ...without,
    HOMEPAGE: '',
    BASE: '',
    SOURCE_DATE_EPOCH: '',
  })
  expect(lines).toEqual([])
  expect(settings).toMatchObject({
    outdir: 'release',
    home: expect.stringMatching(/^https:/),
    revision: expect.stringMatching(/^[0-9a-f]{40}$/),
    base: null,
    made: [],
  })
  expect(settings?.date.getTime()).toBeGreaterThan(Date.parse('2026-01-01'))
})

test.each([
  [{ WITHOUT: 'imgae' }, 'WITHOUT=imgae: only macos and image can be left out'],
  [{ ...without, SOURCE_DATE_EPOCH: 'abc' }, 'SOURCE_DATE_EPOCH=abc is no number of seconds'],
  [
    { ...without, SOURCE_DATE_EPOCH: '999999999999' },
    'SOURCE_DATE_EPOCH=999999999999 is no number of seconds',
  ],
  [
    { ...without, HOMEPAGE: 'https://example.com/a\nb' },
    'HOMEPAGE="https://example.com/a\\nb" is no address',
  ],
])('refuses %j', async (env, words) => {
  const { settings, lines } = await readSettings([at('new')], env)
  expect([settings, lines]).toEqual([null, expect.arrayContaining([words])])
})

test('what a machine lacks is said, and in CI it is a mistake', async () => {
  vi.stubEnv('PATH', dirname(execFileSync('which', ['git'], { encoding: 'utf8' })))
  const rcodesign = 'the executable for macOS: no rcodesign on the PATH: '
  const here = await readSettings([at('new')], {})
  expect(here.lines.map((line) => line.startsWith(`NOT MADE: ${rcodesign}`))).toContain(true)
  expect(here.settings?.made).not.toContain('macos')
  const inCi = await readSettings([at('new')], { CI: 'true' })
  expect(inCi.lines.map((line) => line.startsWith(rcodesign))).toContain(true)
  expect(inCi.settings).toBeNull()
})

test('a folder that no release made is not replaced', async () => {
  const read = async (place: string) => (await readSettings([place], without)).lines
  for (const name of ['empty', 'mine', 'made', 'more']) mkdirSync(at(name))
  writeFileSync(at('mine/photo'), '')
  for (const name of ['made', 'more']) {
    writeFileSync(at(`${name}/hostdeps.yaml`), '')
    writeFileSync(at(`${name}/SHA256SUMS`), `${'0'.repeat(64)}  hostdeps.yaml\n`)
  }
  writeFileSync(at('more/photo'), '')
  writeFileSync(at('file'), '')
  symlinkSync(at('made'), at('link'))
  for (const name of ['new', 'empty', 'made']) expect([name, await read(at(name))]).toEqual([name, []])
  for (const name of ['mine', 'more'])
    expect(await read(at(name))).toEqual([
      `${at(name)} would be replaced, and has what no release made: photo`,
    ])
  for (const name of ['file', 'link'])
    expect(await read(at(name))).toEqual([`${at(name)} is there already, and is no folder`])
  expect((await read('.'))[0]).toMatch(/^\. would be replaced, and has what no release made: /)
  expect(await read('--help')).toEqual(['"--help" is no folder'])
})
