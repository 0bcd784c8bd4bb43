import { checksToAsk } from '#agent/catalog/catalog.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import { reasons } from '#agent/model/reasons.ts'
import type { Finding, Round } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import type { Settled } from '#agent/model/settle.ts'
import { claimReport } from '../claims/claim-report.ts'
import { fuzzedCatalog, fuzzedHosts } from '../draw/fuzzed-hosts.ts'
import { roundOf } from '../round-of.ts'
import { claim, claimLine } from '../claims/harmless.ts'
import { judgeAll } from '../claims/claim-judged.ts'
import { mutateTree } from '../draw/mutate-tree.ts'
import { mutateText, pump } from '../draw/odd-texts.ts'
import { randomOf } from '../draw/random.ts'
import type { Random } from '../draw/random.ts'
import { noMemory, readRound } from '#agent/round-file/read.ts'
import type { Memory } from '#agent/round-file/read.ts'
import { writeText } from '#agent/round-file/write.ts'
import type { Opened, Target } from '../target.ts'

/** What stands in the round file after a good round stood there. */
export interface RoundFile {
  /** Which of the good rounds. */
  readonly before: number
  /** Its bytes, a character each. */
  readonly bytes: string
}

/** The round file, of which nothing is believed: real rounds with some of their bytes, keys and values changed. */
export const roundTarget: Target = { name: 'round', share: 900, wanted: { taken: 0.1, refused: 0.3 }, open }

async function open(): Promise<Opened> {
  const rounds = await realRounds()
  const texts = rounds.map((round) => bytesOf(writeText(round).text))
  const goods = new Map<number, Good>()
  const draw = (random: Random): RoundFile => {
    const before = random.below(rounds.length)
    // The largest comes last; it has all checks.
    const round = random.below(random.chance(0.03) ? rounds.length : rounds.length - 1)
    const text = texts[round] ?? ''
    if (random.chance(0.3)) return { before, bytes: mutateText(random, text, texts.slice(0, -1)) }
    const changed = mutateRound(random, rounds[round])
    return { before, bytes: random.chance(0.1) ? mutateText(random, changed) : changed }
  }
  return {
    draw,
    run({ before, bytes }: RoundFile) {
      const known = goods.get(before) ?? readGood(texts[before] ?? '')
      goods.set(before, known)
      return readAndTell(Buffer.from(bytes, 'latin1'), known)
    },
    growing: {
      shapes: {
        'many checks of one name': (bytes) => ({
          before: 0,
          bytes: linesOf(rounds[0], (line) => Array.from({ length: bytes / line.length }, () => line)),
        }),
        'deep findings': (bytes) => ({ before: 0, bytes: deep(rounds[0], bytes) }),
        'many lines': (bytes) => ({ before: 0, bytes: `{"v":1,"checks":[\n${'{},\n'.repeat(bytes / 4)}]}` }),
        'deep brackets': (bytes) => ({ before: 0, bytes: '['.repeat(bytes) }),
      },
      draw(random) {
        const grow = pump(random, texts[random.below(texts.length - 1)] ?? '')
        return (bytes) => ({ before: 0, bytes: grow(bytes) })
      },
    },
  }
}

async function realRounds(): Promise<readonly Round[]> {
  const catalog = fuzzedCatalog()
  const random = randomOf(14)
  const hosts = await fuzzedHosts(catalog, 7)
  const names = [...catalog.keys()]
  const judged = (host: (typeof hosts)[number], chosen: readonly string[]) => {
    const checks = checksToAsk(catalog, chosen)
    const answers = collectAnswers(host.answers)
    return roundOf(host.facts, judgeAll(checks, host.facts, answers))
  }
  const small = hosts.flatMap((host) => [
    judged(host, [random.some(names) ?? '', random.some(names) ?? '']),
    judged(host, ['nfs-client', 'longhorn']),
    judged(host, [random.some(names) ?? '']),
  ])
  return [...small, ...hosts.slice(0, 1).map((host) => judged(host, names))]
}

function mutateRound(random: Random, round: Round | undefined): string {
  if (round === undefined) return ''
  const { checks, ...head } = JSON.parse(writeText(round).text) as Record<string, unknown> & {
    checks: unknown[]
  }
  if (random.chance(0.05))
    return bytesOf(JSON.stringify(mutateTree(random, { ...head, checks }, 1 + random.few(3))))
  const isHead = random.chance(0.4)
  const frame = isHead ? mutateTree(random, head, 1 + random.few(2)) : head
  const changed = isHead ? checks : mutateTree(random, checks, 1 + random.few(3))
  return linesFrom(frame, Array.isArray(changed) ? changed : [changed])
}

function linesFrom(head: unknown, checks: readonly unknown[]): string {
  const lines = checks.map((check) => JSON.stringify(check) ?? 'null').join(',\n')
  return bytesOf(`${(JSON.stringify(head) ?? '{}').slice(0, -1)},"checks":[\n${lines}\n]}`)
}

function linesOf(round: Round | undefined, change: (line: string) => readonly string[]): string {
  if (round === undefined) return ''
  const { checks, ...head } = JSON.parse(writeText(round).text) as Record<string, unknown> & {
    checks: unknown[]
  }
  return linesFrom(
    head,
    change(JSON.stringify(checks[0])).map((line) => JSON.parse(line) as unknown),
  )
}

/** Findings in findings, and so on. */
function deep(round: Round | undefined, bytes: number): string {
  const finding =
    '{"need":"x","kind":"anyOf","state":"missing","reason":"AnyOfMissing","message":"m","evidence":[],"why":"w","fix":null,"recommended":false'
  const depth = bytes / (finding.length + 16)
  const findings = `${`${finding},"findings":[`.repeat(depth)}${finding}}${']}'.repeat(depth)}`
  const { checks, ...head } = JSON.parse(writeText(round as Round).text) as Record<string, unknown> & {
    checks: unknown[]
  }
  const line = JSON.stringify({ ...(checks[0] as object), findings: [] }).replace(
    '"findings":[]',
    `"findings":[${findings}]`,
  )
  return bytesOf(`${JSON.stringify(head).slice(0, -1)},"checks":[\n${line}\n]}`)
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** A good round, read and settled: what stands there next is read and settled after it. */
interface Good {
  readonly memory: Memory
  readonly settled: Settled
}

function readGood(bytes: string): Good {
  const { memory = noMemory, ...read } = readRound(Buffer.from(bytes, 'latin1'), noMemory)
  claim('round' in read, () => 'a good round is not read')
  return { memory, settled: settle(null, read.round, 'worker-1') }
}

async function readAndTell(bytes: Buffer, good: Good): Promise<string> {
  const read = readRound(bytes, good.memory)
  if ('unusable' in read) {
    claimLine(read.unusable, 'why it is of no use')
    claim(
      read.unusable.length <= 1_000,
      () => `why it is of no use is told in ${read.unusable.length} characters`,
    )
    return 'refused'
  }
  claimRound(read.round)
  settle(null, read.round, 'worker-1')
  await claimReport(settle(good.settled, read.round, 'worker-1').report)
  return 'taken'
}

/** What no prober of ours writes, the server may not take: it goes by these numbers. */
function claimRound({ took, settings, probing, checks }: Round): void {
  const { interval, unknownAfter, publish, checks: published } = settings
  const isWithin = (value: number, least: number, most: number) => value >= least && value <= most
  claim(isWithin(interval, 5_000, 3_600_000), () => `interval ${interval}`)
  claim(isWithin(unknownAfter, 0, 86_400_000), () => `unknownAfter ${unknownAfter}`)
  claim(isWithin(publish.reapply, 10_000, 86_400_000), () => `reapply ${publish.reapply}`)
  claim(isWithin(took, 0, 86_400_000), () => `took ${took}`)
  const { spawned, ...counts } = probing
  for (const [what, count] of Object.entries({ ...counts, ...spawned }))
    claim(isWithin(count, 0, 1e9), () => `${what} ${count}`)
  claim(new Set(published).size === published.length, () => 'a check is published twice')
  const names = checks.map(({ name }) => name)
  claim(new Set(names).size === names.length, () => 'two checks of one name')
  for (const { name, state, reason, findings } of checks) {
    claim(reasons[reason].state === state, () => `${name} is ${state} for ${reason}`)
    findings.forEach(claimFinding)
  }
}

function claimFinding({ need, state, reason, findings = [] }: Finding): void {
  claim(reasons[reason].state === state, () => `${need} is ${state} for ${reason}`)
  findings.forEach(claimFinding)
}
