import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { formats } from '#agent/render/formats.ts'
import { freePorts } from '../free-ports.ts'
import { startAgent } from '../hosts/cli.ts'
import { makeReport } from '../http/report-fixture.ts'
import { patience } from '../patience.ts'
import { hostileReport, hostileTexts } from '../render/formats/hostile-report.ts'

const exporter = process.env['HOSTDEPS_TEST_NODE_EXPORTER']

describe.skipIf(exporter === undefined)(
  "what node_exporter's textfile collector makes of hostdeps.prom",
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-textfile-'))
    const read = join(folder, 'read')
    mkdirSync(read)
    let stop = async () => {}
    let url = ''

    beforeAll(async () => {
      const [port = 0] = await freePorts(1)
      url = `http://127.0.0.1:${port}/metrics`
      const flags = [
        '--collector.disable-defaults',
        '--collector.textfile',
        `--collector.textfile.directory=${read}`,
      ]
      const argv = [...flags, `--web.listen-address=127.0.0.1:${port}`]
      const server = execa(exporter ?? '', argv, { reject: false, all: true, forceKillAfterDelay: patience })
      stop = async () => {
        server.kill('SIGTERM')
        await server
      }
      await vi.waitFor(async () => expect(await scrape()).toContain('node_textfile_scrape_error'), {
        timeout: patience,
      })
    })
    afterAll(async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const scrape = async () => (await fetch(url)).text()
    const scrapeOf = async (text: string) => {
      writeFileSync(join(folder, 'beside'), text)
      renameSync(join(folder, 'beside'), join(read, 'hostdeps.prom'))
      return scrape()
    }

    test('every series of it is there as it is in the file, and no mistake', async () => {
      const text = await formats.prometheus(makeReport())
      const lines = (await scrapeOf(text)).split('\n')
      expect(lines).toContain('node_textfile_scrape_error 0')
      const pairs = (line: string) => /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)
      const own = text.split('\n').flatMap((line) => (line.startsWith('#') ? [] : [pairs(line)]))
      const seen = lines.filter((line) => line.startsWith('hostdeps_'))
      expect(seen).toHaveLength(own.filter((one) => one !== null).length)
      expect(seen).toContain('hostdeps_check_ready{check="open-iscsi"} 0')
      expect(seen).toContain('hostdeps_check_state{check="nfs-client",state="unknown"} 1')
    })

    test.each(hostileTexts)('a host that says %j', async (text) => {
      const said = await scrapeOf(await formats.prometheus(hostileReport(text)))
      expect(said).toContain('node_textfile_scrape_error 0')
      const value = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
      expect(said).toContain(`os="${value}"`)
    })

    test('a file with a time in it is dropped: it is read at all', async () => {
      const text = (await formats.prometheus(makeReport())).replace(
        /^(hostdeps_check_ready\S+ \d)$/m,
        '$1 1796044578',
      )
      expect(await scrapeOf(text)).toContain('node_textfile_scrape_error 1')
    })

    test('what "hostdeps run --textfile" keeps: its time is that of the newest round', async () => {
      rmSync(join(read, 'hostdeps.prom'))
      const agent = await startAgent('--textfile', read)
      const modified = async () =>
        Number(
          /^node_textfile_mtime_seconds\{file=".*hostdeps\.prom"\} (\S+)$/m.exec(await scrape())?.[1] ?? 0,
        )
      try {
        await expect.poll(modified).toBeGreaterThan(0)
        const said = await scrape()
        expect(said).toContain('node_textfile_scrape_error 0')
        expect(said).toContain('hostdeps_check_state{check="open-iscsi"')
      } finally {
        await agent.stop()
      }
      // It stays, so that whoever looks at its time sees that nobody writes it.
      expect(await modified()).toBeGreaterThan(0)
    })
  },
)

test('the same names, types and helps as at /metrics, where both have one', async () => {
  const { registerReport } = await import('#agent/render/metrics.ts')
  const { exposeMetrics } = await import('#agent/render/exposition.ts')
  const served = await exposeMetrics(
    registerReport({ report: makeReport(), isStale: false, publishing: null, age: 1 }),
    'text',
  )
  const heads = (text: string) => text.split('\n').filter((line) => line.startsWith('#'))
  const own = heads(await formats.prometheus(makeReport()))
  const others = own.filter((line) => !heads(served).includes(line))
  expect(own.length).toBeGreaterThan(10)
  expect(others.map((line) => line.split(' ')[2])).toEqual([
    'hostdeps_round_timestamp_seconds',
    'hostdeps_round_timestamp_seconds',
  ])
})
