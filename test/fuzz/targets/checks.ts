import { parse } from 'yaml'
import { closeOver, readCatalog } from '#agent/catalog/catalog.ts'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import type { CheckText } from '#agent/catalog/check-file.ts'
import { lintCatalog } from '#agent/catalog/lint/lint.ts'
import { formatMistake } from '#agent/catalog/yaml/mistake.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { Check } from '#agent/model/check.ts'
import { renderCheck, renderCheckList } from '#agent/render/check-text.ts'
import { debian } from '../../needs/memory-host.ts'
import { claimRound, judgeAll, questionsOf } from '../claims/claim-judged.ts'
import { roundOf } from '../round-of.ts'
import { claim, claimLine, claimLines, claimTexts } from '../claims/harmless.ts'
import { mutateTree } from '../draw/mutate-tree.ts'
import { mutateText, oddText, pump } from '../draw/odd-texts.ts'
import type { Random } from '../draw/random.ts'
import { schemaValues, textsIn } from '../draw/schema-value.ts'
import { checkSchema, documentTexts, shippedTexts, writtenNeeds } from '../draw/shipped.ts'
import type { Opened, Target } from '../target.ts'
import { yamlText } from '../draw/yaml-text.ts'

/** A check file, as it stands in a ConfigMap: its name is its key. */
export interface CheckFile {
  readonly name: string
  readonly text: string
  readonly allowCommands: boolean
}

/** Check files: written by a grammar and then made wrong, and the shipped ones with some of their bytes changed. */
export const checksTarget: Target = {
  name: 'checks',
  share: 1_500,
  wanted: { read: 0.1, refused: 0.3 },
  open: () => Promise.resolve(open()),
}

const shippedRules: CheckText['rules'] = { origin: 'shipped', allowCommands: true }

function open(): Opened {
  const shipped = shippedTexts()
  const texts = [...Object.values(shipped), ...documentTexts()]
  const all = readCatalog(Object.entries(shipped).map(([name, text]) => shippedText(name, text))).catalog
  const beside = closeOver(all, ['nfs-client', 'kata-containers']).map(({ name }) =>
    shippedText(name, shipped[name] ?? ''),
  )
  const draw = drawer(texts)
  return {
    draw: (random): CheckFile => ({
      name: random.chance(0.95) ? 'fuzz.yaml' : `${oddText(random).slice(0, 80)}.yaml`,
      text: draw(random),
      allowCommands: random.chance(0.5),
    }),
    run: (input: CheckFile) => readAll(input, beside),
    growing: {
      shapes: shapes(),
      draw(random) {
        const grow = pump(random, random.chance(0.7) ? (random.some(texts) ?? '') : draw(random))
        return (bytes) => ({ name: 'fuzz.yaml', text: grow(bytes), allowCommands: true })
      },
    },
  }
}

function shippedText(name: string, text: string): CheckText {
  return { file: `checks/${name}.yaml`, text, rules: shippedRules }
}

/** What was slow once, or might be. */
function shapes(): Record<string, (bytes: number) => CheckFile> {
  const ofNeeds = (needs: string): CheckFile => ({
    name: 'fuzz.yaml',
    text: `title: t\nwhy: w\nneeds:\n${needs}`,
    allowCommands: false,
  })
  const lines = (line: (index: number) => string) => (bytes: number) =>
    ofNeeds(Array.from({ length: bytes / line(1000).length }, (_, index) => line(index)).join(''))
  return {
    'the same need again and again': lines(() => '  - binary: x\n'),
    'many needs': lines((index) => `  - binary: x${index}\n`),
    'many unknown keys': (bytes) =>
      ofNeeds(
        `  - binary: x\n${Array.from({ length: bytes / 10 }, (_, index) => `k${index}: 1\n`).join('')}`,
      ),
    'many unknown checks': lines((index) => `  - check: x${index}\n`),
    'many alternatives': (bytes) =>
      ofNeeds(
        `  - unit: { anyOf: [${Array.from({ length: bytes / 8 }, (_, index) => `u${index}`).join(', ')}] }\n`,
      ),
    'deep alternatives': (bytes) =>
      ofNeeds(`  - ${'{anyOf: ['.repeat(bytes / 12)}{binary: x}${']}'.repeat(bytes / 12)}\n`),
    'a deep path': (bytes) => ofNeeds(`  - disk: { path: ${'/a'.repeat(bytes / 2)}, free: 1% }\n`),
    'a deep mount': (bytes) => ofNeeds(`  - mount: { of: ${'/a'.repeat(bytes / 2)} }\n`),
    'a long pattern': (bytes) =>
      ofNeeds(`  - file: { path: /etc/os-release, matches: '${'(a|b)*'.repeat(bytes / 6)}' }\n`),
    'large patterns': lines(
      (index) => `  - file: { path: /etc/os-release, matches: '${index}${'(x{1,1000})?'.repeat(40)}' }\n`,
    ),
    'a long name': (bytes) => ofNeeds(`  - binary: ${'a'.repeat(bytes)}\n`),
    'a long range': (bytes) => ofNeeds(`  - kernelVersion: '${'>=5.4 '.repeat(bytes / 6)}'\n`),
    'many aliases of one need': (bytes) => ofNeeds(`  - &n { binary: x }\n${'  - *n\n'.repeat(bytes / 7)}`),
    'many parentheses': (bytes) =>
      ofNeeds(
        `  - file: { path: /etc/os-release, matches: '${'('.repeat(bytes / 2)}${')'.repeat(bytes / 2)}' }\n`,
      ),
  }
}

function drawer(texts: readonly string[]): (random: Random) => string {
  const needs = writtenNeeds()
  const values = texts.flatMap((text) => trees(text))
  const made = schemaValues(checkSchema(), [...new Set(values.flatMap(textsIn))])
  const need = (random: Random) => (random.chance(0.5) ? random.some(needs) : made.of(random, 'need'))
  const tree = (random: Random): unknown =>
    random.pick<() => unknown>([
      () => ({
        title: 'Something of ours',
        why: 'Its pods crash without it.',
        needs: Array.from({ length: 1 + random.few(6) }, () => need(random)),
        ...(random.chance(0.2) && { symptoms: [{ log: oddText(random), means: 'It is not there.' }] }),
      }),
      () => random.some(values),
      () => made.any(random),
    ])()
  return (random) => {
    if (random.chance(0.25)) return mutateText(random, random.some(texts) ?? '', texts)
    const oddness = random.chance(0.4) ? 0 : random.pick([0.2, 1])
    const text = yamlText(random, mutateTree(random, tree(random), random.few(4)), oddness)
    return random.chance(0.1) ? mutateText(random, text, texts) : text
  }
}

function trees(text: string): unknown[] {
  try {
    return [parse(text)]
  } catch {
    return []
  }
}

async function readAll(
  { name, text, allowCommands }: CheckFile,
  beside: readonly CheckText[],
): Promise<string> {
  const file = `/etc/hostdeps/checks/${name}`
  const rules = { origin: 'custom', allowCommands } as const
  const [own, asShipped] = [readCheckFile(file, text, rules), readCheckFile(file, text, shippedRules)]
  for (const read of [own, asShipped]) {
    if ('mistakes' in read) claimMistakes(read.mistakes, text)
    else claimCheck(read.check)
  }
  claim(
    'check' in asShipped || 'mistakes' in own,
    () => 'what our own files may not say, those of others may',
  )
  const { catalog, mistakes } = readCatalog([...beside, { file, text, rules }])
  claimMistakes(mistakes, text)
  if (mistakes.length > 0 || 'mistakes' in own) return 'refused'
  claimMistakes(lintCatalog(catalog, 'custom'), text)
  await askAbout(closeOver(catalog, [own.check.name]))
  return 'read'
}

function claimMistakes(mistakes: readonly Mistake[], text: string): void {
  const lines = text.split(/\r\n|\r|\n/).length
  for (const mistake of mistakes) {
    claimLine(formatMistake(mistake), 'a mistake')
    const isThere = Number.isInteger(mistake.line) && mistake.line >= 1
    claim(
      isThere && (mistake.line <= lines + 1 || !mistake.file.includes('fuzz')),
      () => `line ${mistake.line} of ${lines}`,
    )
  }
}

function claimCheck(check: Check): void {
  const { symptoms, ...rest } = check
  // Only a mistake shows where a need stands, and makes it harmless.
  const texts = JSON.stringify(rest, (key, value: unknown) => (key === 'place' ? undefined : value))
  claimTexts(JSON.parse(texts), 'the check', ['note'])
  claimTexts(
    symptoms.map(({ means, source, unverified }) => [means, source, unverified]),
    'its symptoms',
  )
  claimLines(renderCheck(check), 'checks show')
  claimLines(renderCheckList([check], []), 'checks list')
}

/** Plans and judges them on a host that has nothing, and hands on the round. */
async function askAbout(checks: readonly Check[]): Promise<void> {
  const questions = questionsOf(checks, debian)
  claim(questions.length <= 20_000, () => `${questions.length} questions`)
  const answers = collectAnswers(questions.map((one) => [one, { fate: 'absent', detail: 'no' }]))
  await claimRound(roundOf(debian, judgeAll(checks, debian, answers)))
}
