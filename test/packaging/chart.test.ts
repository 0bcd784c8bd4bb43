import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readArchive } from '../../packaging/archive.ts'
import { packChart } from '../../packaging/chart.ts'

test('a chart is packed below its name, Chart.yaml first, and the same again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-chart-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const files = {
    'Chart.yaml': 'name: made\nversion: 1.2.3\n',
    'values.yaml': 'a: 1\n',
    'templates/b.yaml': 'kind: B\n',
    '.helmignore': '.*\n',
    'templates/b.yaml~': '',
  }
  mkdirSync(join(folder, 'templates'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const date = new Date('2026-01-02T03:04:05Z')
  const { name, bytes } = await packChart(folder, date)
  expect(name).toBe('made-1.2.3.tgz')
  const packed = await readArchive(bytes)
  expect([...packed].map(([path, content]) => [path, content.toString()])).toEqual([
    ['made/Chart.yaml', files['Chart.yaml']],
    ['made/templates/b.yaml', files['templates/b.yaml']],
    ['made/values.yaml', files['values.yaml']],
  ])
  expect((await packChart(folder, date)).bytes.equals(bytes)).toBe(true)
})
