import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { execa } from 'execa'
import { extract } from 'tar-stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeReleaseIn, releaseDate } from '../setup/release.ts'
import { releaseFile } from './release-parts.ts'

const folder = process.env['HOSTDEPS_TEST_RELEASE'] ?? ''

describe.skipIf(folder === '')('npm run release', () => {
  const sums = (of: string) => readFile(join(of, 'SHA256SUMS'), 'utf8')

  test('the same sources make the same bytes', async () => {
    const again = mkdtempSync(join(tmpdir(), 'hostdeps-again-'))
    onTestFinished(() => rmSync(again, { recursive: true, force: true }))
    await makeReleaseIn(again)
    expect(await sums(again)).toBe(await sums(folder))
  })

  test('SHA256SUMS is of every file, as sha256sum checks it', async () => {
    const { stdout } = await execa('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder })
    expect(
      stdout
        .split('\n')
        .map((line) => line.replace(/-v?\d+\.\d+\.\d+/, ''))
        .toSorted(),
    ).toEqual([
      'hostdeps-linux-amd64.tar.gz: OK',
      'hostdeps-linux-arm64.tar.gz: OK',
      'hostdeps.cdx.json: OK',
      'hostdeps.tgz: OK',
      'hostdeps.yaml: OK',
    ])
  })

  test.each(['amd64', 'arm64'])(
    'the archive for %s: of nobody, of one date, and with all licences',
    async (arch) => {
      const tar = extract()
      createReadStream(await releaseFile(`-linux-${arch}.tar.gz`))
        .pipe(createGunzip())
        .pipe(tar)
      const seen: unknown[] = []
      for await (const entry of tar) {
        const { name, mode, uid, gid, mtime, type } = entry.header
        expect([uid, gid, type, Number(mtime) / 1000]).toEqual([0, 0, 'file', releaseDate])
        seen.push([name, mode])
        const [isLicences, content] = [name === 'THIRD-PARTY-LICENSES', await buffer(entry)]
        for (const title of isLicences ? ['Node.js', 'fastify ', 'zod '] : [])
          expect(content.toString()).toContain(title)
      }
      expect(seen).toEqual([
        ['hostdeps', 0o755],
        ['LICENSE', 0o644],
        ['THIRD-PARTY-LICENSES', 0o644],
      ])
    },
  )

  test('the bill of materials is valid CycloneDX, and has what is in the bundle', async () => {
    const written = await readFile(await releaseFile('.cdx.json'), 'utf8')
    expect(await new Validation.JsonStrictValidator(Spec.Spec1dot6.version).validate(written)).toBeNull()
    const { components } = JSON.parse(written) as {
      components: { name: string; version: string; purl: string }[]
    }
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'))
    const names = components.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['node', 'fastify', 'zod', 'commander', 're2js']))
    for (const name of ['vitest', 'esbuild', 'typescript']) expect(names).not.toContain(name)
    const fastify = components.find(({ name }) => name === 'fastify')
    expect(fastify?.version).toBe(packages['node_modules/fastify'].version)
  })
})
