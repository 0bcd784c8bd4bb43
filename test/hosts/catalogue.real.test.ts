import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Finding, Report } from '#agent/model/report.ts'
import { hostdepsCheck } from './cli.ts'
import type { TestHost } from './nspawn.ts'
import { bootReal, realHosts } from './real-hosts.ts'
import { askShell } from './shell-truth.ts'
import type { WrittenNeed } from './shell-truth.ts'

const checks = new URL('../../checks', import.meta.url).pathname

/** Each need of the catalogue on real hosts, against what a person with a shell finds there. */
describe.each(realHosts)('the whole catalogue on $name', (real) => {
  describe.skipIf(process.env[real.root] === undefined)('booted', () => {
    let host: TestHost
    let report: Report

    beforeAll(async () => {
      host = await bootReal(real)
      ;({ report } = await hostdepsCheck('--all', '--target-pid', String(host.pid)))
    })
    afterAll(() => host?.stop())

    test('says of each need what a shell on it says', async () => {
      const told = { ready: 0, missing: 0, unknown: 0, 'not-applicable': 0 }
      const wrong: string[] = []
      let compared = 0
      for (const [need, finding, check] of pairsOf(report)) {
        told[finding.state]++
        const truth = await askShell(host, need)
        if (truth === null || finding.state === 'not-applicable' || finding.state === 'unknown') continue
        compared++
        if (finding.state !== truth)
          wrong.push(
            `${check}, ${finding.need}: ${finding.state} (${finding.message}), a shell says ${truth}`,
          )
      }
      console.log(
        `${report.host.os}: ${compared} needs compared with a shell's; told ${JSON.stringify(told)}`,
      )
      expect(compared).toBeGreaterThan(200)
      expect(told.unknown).toBeLessThan(15)
      expect(wrong).toEqual([])
    })
  })
})

/** Each finding beside the need that it is of; what a check takes in is found with that check. */
function pairsOf(report: Report): [WrittenNeed, Finding, string][] {
  return readdirSync(checks)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => {
      const name = file.replace('.yaml', '')
      const needs: WrittenNeed[] = parse(readFileSync(join(checks, file), 'utf8')).needs
      const all = report.checks.find((check) => check.name === name)?.findings ?? []
      const findings = all.filter(({ reason }) => reason !== 'GoneAfterReboot')
      expect(findings).toHaveLength(needs.length)
      return needs.flatMap((need, index) => pairUp(need, findings[index], name))
    })
}

function pairUp(
  need: WrittenNeed,
  finding: Finding | undefined,
  check: string,
): [WrittenNeed, Finding, string][] {
  if (finding === undefined || 'check' in need) return []
  const inner = need['anyOf']
  if (!Array.isArray(inner)) return [[need, finding, check]]
  return inner.flatMap((one, index) => pairUp(one, finding.findings?.[index], check))
}
