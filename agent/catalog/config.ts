import * as z from 'zod'
import {
  deadlineBounds,
  intervalBounds,
  longestName,
  mostItems,
  reapplyBounds,
  unknownAfterBounds,
} from '#agent/model/bounds.ts'
import { durationPattern, parseDuration, showDuration } from '#agent/model/duration.ts'
import { checkNamePattern, maxPublished, namespaceName } from '#agent/model/names.ts'
import { noSuchCheck } from '#agent/model/did-you-mean.ts'
import type { KnownNames } from '#agent/model/did-you-mean.ts'
import { shownConditions } from '#agent/model/state.ts'
import type { ShownConditions } from '#agent/model/state.ts'
import { checkShape, parseYaml } from '#agent/catalog/yaml/yaml-lines.ts'
import type { YamlFile } from '#agent/catalog/yaml/yaml-lines.ts'
import { firstMistakes } from '#agent/catalog/yaml/mistake.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { publishMistakes } from './publish-mistakes.ts'

/** A length of time between two bounds, written "60s". */
const duration = ({ least, most }: { least: string; most: string }) =>
  z
    .string()
    .meta({ pattern: durationPattern })
    .transform((text, context) => {
      const value = parseDuration(text)
      const [min, max] = [parseDuration(least) ?? 0, parseDuration(most) ?? 0]
      if (value !== null && value >= min && value <= max) return value
      const message = `must be a length of time from ${least} to ${most}, like ${showDuration(min)}`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })

const namespace = z.string().regex(namespaceName, {
  error: 'must be the name of a namespace: at most 63 characters, a-z, 0-9 and -, not at its ends',
})

function shownByTruth(value: unknown): unknown {
  if (typeof value !== 'boolean') return value
  return (value ? 'all' : 'none') satisfies ShownConditions
}

/** What its own refinements say is `readConfig`'s; the metadata is for the schema of the chart's values. */
export const configFile = z.strictObject({
  /** The checks published on the Node. */
  checks: z
    .array(z.string().max(longestName).meta({ pattern: checkNamePattern.source }))
    .meta({ maxItems: maxPublished, uniqueItems: true })
    .default(['kubernetes-node', 'time-sync', 'open-iscsi', 'nfs-client']),
  /** Time between rounds when nothing changes. */
  interval: duration(intervalBounds).default(60_000),
  /** Longest wait for one answer. */
  deadline: duration(deadlineBounds).default(5_000),
  /** How long a proven state stays on the Node without new answers. */
  unknownAfter: duration(unknownAfterBounds).default(300_000),
  /** What is published on the Node. */
  publish: z
    .strictObject({
      labels: z.boolean().default(true),
      /** true and false are what `all` and `none` were called. */
      conditions: z.preprocess(shownByTruth, z.enum(shownConditions)).default('all'),
      annotation: z.boolean().default(true),
      events: z.boolean().default(true),
      /** How often everything is applied again, to restore what others removed or changed. */
      reapply: duration(reapplyBounds).default(600_000),
    })
    .prefault({}),
  /** Finding the containers that crash because of what is missing, by their logs. */
  crashes: z
    .strictObject({
      watch: z.boolean().default(true),
      /** Namespaces whose containers are left alone. */
      exclude: z.array(namespace).max(mostItems).default([]),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z.string().min(1).max(longestName).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(9465),
      /** Whether logs may be sent to be explained; by default only `hostdeps run` does. */
      explain: z.boolean().optional(),
    })
    .prefault({}),
})

/** All times in milliseconds. */
export type Config = z.output<typeof configFile>

export const defaultConfig: Config = configFile.parse({})

/**
 * Reads the config file, and returns every mistake at once, with its line. An empty file means the defaults. `known` are the
 * existing checks; null when the caller does not know them.
 */
export function readConfig(
  file: string,
  text: string,
  known: KnownNames | null,
): { config: Config } | { mistakes: readonly Mistake[] } {
  const parsed = parseYaml(file, text)
  if ('mistakes' in parsed) return { mistakes: firstMistakes(parsed.mistakes) }
  const { yaml } = parsed
  const shape = checkShape(yaml, { path: [], value: yaml.value ?? {} }, configFile)
  const mistakes = [...('mistakes' in shape ? shape.mistakes : []), ...checkMistakes(yaml, known)]
  return mistakes.length > 0 || 'mistakes' in shape
    ? { mistakes: firstMistakes(mistakes) }
    : { config: shape.value }
}

/** The valid part of a config: a daemon starts with it, rather than not at all. */
export function readUsableConfig(file: string, text: string, known: KnownNames | null): Config {
  const parsed = parseYaml(file, text)
  const value: unknown = 'mistakes' in parsed ? null : parsed.yaml.value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return defaultConfig
  const parts = Object.entries(value).map(([key, part]) => ({ [key]: part }))
  const good = configFile.parse(
    Object.assign({}, ...parts.filter((part) => configFile.safeParse(part).success)),
  )
  const names = new Set(known?.names ?? good.checks)
  const usable = [...new Set(good.checks)].filter((name) => names.has(name)).slice(0, maxPublished)
  return { ...good, checks: usable }
}

/** When there are more checks than fit on a Node, only their number is reported. */
function checkMistakes(yaml: YamlFile, known: KnownNames | null): Mistake[] {
  const names = writtenChecks(yaml.value)
  const place = (index: number) => yaml.mistake(['checks', index], '')
  const together = publishMistakes(names, place)
  if (known === null || names.length > maxPublished) return together
  const isKnown = new Set(known.names)
  const unknown = names.flatMap((name, index) =>
    isKnown.has(name) ? [] : [yaml.mistake(['checks', index], noSuchCheck(name, known))],
  )
  return [...unknown, ...together]
}

/** The readable names, so that their mistakes are reported together with those of the shape. */
function writtenChecks(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('checks' in value)) return []
  return Array.isArray(value.checks) ? value.checks.filter((name) => typeof name === 'string') : []
}
