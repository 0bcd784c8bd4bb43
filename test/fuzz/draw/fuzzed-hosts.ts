import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readCatalog } from '#agent/catalog/catalog.ts'
import type { Catalog } from '#agent/catalog/catalog.ts'
import { readShipped } from '#agent/catalog/load.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { AnswerEntry } from '#agent/model/answers.ts'
import { factQuestions, readFacts } from '#agent/model/facts.ts'
import type { Facts } from '#agent/model/facts.ts'
import { compose } from '../../hosts/compose.ts'
import { recordedHost } from '../../hosts/recorded-host.ts'
import { questionsOf } from '../claims/claim-judged.ts'
import { oneOfEach } from '../../needs/one-of-each.ts'

const folder = join(import.meta.dirname, '../../hosts')
const composed = join(folder, 'composed')

/** A host, and what it answers to all that the catalogue asks. */
export interface FuzzedHost {
  readonly name: string
  readonly facts: Facts
  readonly answers: readonly AnswerEntry[]
}

/** The shipped checks, and one with a need of each kind. */
export function fuzzedCatalog(): Catalog {
  const needs = Object.values(oneOfEach).map((need) => `  - ${need}\n`)
  const text = `title: One of each\nwhy: So that none is left out.\nneeds:\n${needs.join('')}`
  const rules = { origin: 'shipped', allowCommands: true } as const
  return readCatalog([...readShipped(), { file: 'one-of-each.yaml', text, rules }]).catalog
}

/** Those that were recorded, and every so many of those that were composed of documents. */
export async function fuzzedHosts(catalog: Catalog, each: number): Promise<readonly FuzzedHost[]> {
  const recorded = ['debian-12', 'alpine-3'].map((name) => ask(name, join(folder, name), catalog))
  const documented = readdirSync(composed)
    .filter((name) => name.endsWith('.yaml'))
    .filter((_, index) => index % each === 0)
    .map(async (name) => {
      const place = compose(join(composed, name))
      try {
        return await ask(name.replace('.yaml', ''), place, catalog)
      } finally {
        rmSync(place, { recursive: true })
      }
    })
  return Promise.all([...recorded, ...documented])
}

async function ask(name: string, place: string, catalog: Catalog): Promise<FuzzedHost> {
  const host = recordedHost(place)
  const known = await host.ask(factQuestions)
  const facts = factsOf(known)
  // What none of them was asked when it was recorded is not there.
  const questions = questionsOf([...catalog.values()], facts)
  const answers = await Promise.all(questions.map(async (one) => orNone(async () => host.ask([one]))))
  return { name, facts, answers: [...known, ...answers.flat()] }
}

async function orNone<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read()
  } catch {
    return []
  }
}

export function factsOf(entries: Iterable<AnswerEntry>): Facts {
  return readFacts(collectAnswers(entries), { arch: 'x64', now: Date.parse('2026-11-24T00:00:00Z') })
}
