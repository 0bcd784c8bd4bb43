import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readOpenMetrics } from '../http/metrics/read-open-metrics.ts'
import type { Family } from '../http/metrics/read-open-metrics.ts'
import { scrapeOne } from './scraped-cluster.ts'

const readme = new URL('../../manifests/overlays/monitoring/README.md', import.meta.url).pathname
const head = '| metric | type | labels | meaning |\n|---|---|---|---|\n'

test('the table of metrics is what an agent serves', async () => {
  const families = readOpenMetrics(await scrapeOne('application/openmetrics-text'))
  const own = families.filter(({ name }) => name.startsWith('hostdeps_'))
  expect(own.filter(({ samples }) => samples.length === 0)).toEqual([])
  const text = readFileSync(readme, 'utf8')
  const [before = '', after = ''] = text.split(/\| metric \|(?:.*\n\|)*.*\n/)
  // With --update the table is written anew.
  await expect(before + head + own.map(rowOf).join('') + after).toMatchFileSnapshot(readme)
})

function rowOf({ name, type, help, samples }: Family): string {
  const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)))
  const shown = [...labels].filter((label) => label !== 'le').map((label) => `\`${label}\``)
  const asked = type === 'histogram' ? name : (samples[0]?.name ?? name)
  return `| \`${asked}\` | ${type} | ${shown.join(', ')} | ${help} |\n`
}
