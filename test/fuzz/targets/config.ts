import { defaultConfig, readConfig, readUsableConfig } from '#agent/catalog/config.ts'
import type { Config } from '#agent/catalog/config.ts'
import { formatMistake } from '#agent/catalog/yaml/mistake.ts'
import { maxPublished } from '#agent/model/names.ts'
import { claim, claimLine, claimTexts } from '../claims/harmless.ts'
import { mutateTree } from '../draw/mutate-tree.ts'
import { mutateText, oddText, oddValue, pump } from '../draw/odd-texts.ts'
import type { Random } from '../draw/random.ts'
import { shippedTexts } from '../draw/shipped.ts'
import type { Opened, Target } from '../target.ts'
import { yamlText } from '../draw/yaml-text.ts'

export const configTarget: Target = {
  name: 'config',
  share: 1_500,
  wanted: { read: 0.1, refused: 0.3 },
  open: () => Promise.resolve(open()),
}

function open(): Opened {
  const names = Object.keys(shippedTexts())
  const known = { names, aliases: { nvidia: 'nvidia-gpu', iscsi: 'open-iscsi' } }
  const draw = (random: Random): string => {
    const text = yamlText(
      random,
      mutateTree(random, config(random, names), random.few(3)),
      random.chance(0.5) ? 0 : random.pick([0.2, 1]),
    )
    return random.chance(0.2) ? mutateText(random, text, [text, usual]) : text
  }
  const list = (each: (index: number) => string) => (bytes: number) =>
    `checks: [${Array.from({ length: bytes / 10 }, (_, index) => each(index)).join(', ')}]`
  return {
    draw: (random) => (random.chance(0.1) ? mutateText(random, usual) : draw(random)),
    run: (text: string) => readBoth(text, known),
    growing: {
      shapes: {
        'the same check again and again': list(() => 'nfs-client'),
        'many checks': list((index) => `check${index}`),
        'many keys': (bytes) => Array.from({ length: bytes / 10 }, (_, index) => `k${index}: 1`).join('\n'),
        'a deep list': (bytes) => `checks: ${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`,
        'a long duration': (bytes) => `interval: ${'9'.repeat(bytes)}s`,
        'many spaces': (bytes) => `interval: "${' '.repeat(bytes)}s"`,
      },
      draw: (random) => pump(random, random.chance(0.5) ? usual : draw(random)),
    },
  }
}

const usual = `# What goes on the Nodes.
checks: [kubernetes-node, time-sync, open-iscsi, nfs-client]
interval: 60s
deadline: 5s
unknownAfter: 5m
publish:
  labels: true
  conditions: true
  annotation: true
  events: false
  reapply: 10m
http:
  host: 0.0.0.0
  port: 9465
`

function config(random: Random, names: readonly string[]): unknown {
  const time = () =>
    random.pick([
      '5s',
      '60s',
      '0.5m',
      '1h',
      '24h',
      '100ms',
      '0s',
      '1.5d',
      `${random.below(1000)}ms`,
      oddText(random),
    ])
  const truth = () => random.pick<unknown>([true, false, 'yes', oddValue(random)])
  const parts: Record<string, unknown> = {
    checks: Array.from({ length: random.few(80) }, () => random.some(names)),
    interval: random.pick(['5s', '60s', '1h', time()]),
    deadline: random.pick(['100ms', '5s', '60s', time()]),
    unknownAfter: random.pick(['0s', '5m', '24h', time()]),
    publish: {
      labels: true,
      conditions: random.pick<unknown>(['all', 'problems', 'none', truth()]),
      annotation: random.chance(0.5),
      events: truth(),
      reapply: time(),
    },
    http: {
      host: random.pick(['::', '0.0.0.0', oddText(random)]),
      port: random.pick([0, 9465, 65_535, random.below(70_000)]),
    },
  }
  return Object.fromEntries(Object.entries(parts).filter(() => random.chance(0.5)))
}

function readBoth(text: string, known: NonNullable<Parameters<typeof readConfig>[2]>): string {
  for (const names of [known, null]) {
    const read = readConfig('/etc/hostdeps/config.yaml', text, names)
    const usable = readUsableConfig('/etc/hostdeps/config.yaml', text, names)
    claimBounds(usable)
    if ('config' in read) {
      claimBounds(read.config)
      claim(
        JSON.stringify(read.config) === JSON.stringify(usable),
        () => 'a good config is not used as it is',
      )
    } else {
      claim(read.mistakes.length > 0, () => 'it is refused without a mistake')
      for (const mistake of read.mistakes) claimLine(formatMistake(mistake), 'a mistake')
    }
    if (names === null) return 'config' in read ? 'read' : 'refused'
  }
  return ''
}

function claimBounds(config: Config): void {
  const { checks, interval, deadline, unknownAfter, publish, http } = config
  const isWithin = (value: number, least: number, most: number) => value >= least && value <= most
  claim(
    isWithin(interval, 5_000, 3_600_000) &&
      isWithin(deadline, 100, 60_000) &&
      isWithin(unknownAfter, 0, 86_400_000) &&
      isWithin(publish.reapply, 10_000, 86_400_000) &&
      isWithin(http.port, 0, 65_535),
    () => `out of bounds: ${JSON.stringify(config)}`,
  )
  claim(
    new Set(checks).size === checks.length && checks.length <= maxPublished,
    () => `checks: ${checks.length}`,
  )
  claim(Object.keys(config).length === Object.keys(defaultConfig).length, () => 'it has other keys')
  claimTexts({ checks, http }, 'the config')
}
