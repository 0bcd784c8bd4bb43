import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fixText } from '#agent/fixes/fix-text.ts'
import { load } from '#agent/catalog/load.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import { factQuestions, readFacts } from '#agent/model/facts.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import { otherFixes } from '#agent/model/other-fixes.ts'
import { allNeeds } from '#agent/model/needs-of.ts'
import { compose } from '../hosts/compose.ts'
import { recordedHost } from '../hosts/recorded-host.ts'

const folder = join(import.meta.dirname, '../hosts/composed')
const hosts = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const { catalog } = load({ config: null, customChecks: null, allowCommands: true })

/** Whoever has these few facts as JSON writes the same text as the host itself. */
test.each(hosts)('%s: the fixes depend on no more than FixFacts', async (name) => {
  const place = compose(join(folder, name))
  onTestFinished(() => rmSync(place, { recursive: true }))
  const facts = readFacts(collectAnswers(await recordedHost(place).ask(factQuestions)), {
    arch: 'x64',
    now: 0,
  })
  const { distro, family, installer, imageBased, kernel, arch, container } = facts
  const few = { distro, family, installer, imageBased, kernel, arch, container } satisfies FixFacts
  const carried: FixFacts = JSON.parse(JSON.stringify(few))
  for (const check of catalog.values())
    for (const need of allNeeds(check.needs)) {
      const candidates = [{ exact: null, others: otherFixes(need, check, null), opponents: [] }]
      expect(fixText(candidates, carried)).toBe(fixText(candidates, facts))
    }
})
