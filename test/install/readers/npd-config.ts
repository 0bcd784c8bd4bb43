import { z } from 'zod'

const text = z.string().min(1)
/** As Go's time.ParseDuration reads it, of the units that a config needs. */
const duration = z
  .string()
  .regex(/^\d+(ms|s|m)$/)
  .transform((written) => {
    const [, number = '', unit = ''] = /^(\d+)(\w+)$/.exec(written) ?? []
    return Number(number) * ({ ms: 1, s: 1_000, m: 60_000 }[unit] ?? Number.NaN)
  })

const config = z.strictObject({
  plugin: z.literal('custom'),
  pluginConfig: z.strictObject({
    invoke_interval: duration.default(30_000),
    timeout: duration.default(5_000),
    max_output_length: z.int().positive().default(80),
    concurrency: z.int().positive().default(3),
    enable_message_change_based_condition_update: z.boolean().default(false),
    skip_initial_status: z.boolean().default(false),
  }),
  source: text,
  metricsReporting: z.boolean().default(true),
  conditions: z.array(z.strictObject({ type: text, reason: text, message: text })),
  rules: z.array(
    z.strictObject({
      type: z.enum(['permanent', 'temporary']),
      condition: text.optional(),
      reason: text,
      path: text,
      args: z.array(z.string()).optional(),
      timeout: duration.optional(),
    }),
  ),
})

export type NpdConfig = z.infer<typeof config>

/** What the API server takes as a condition's type and reason. */
const conditionType = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/
const conditionReason = /^[A-Za-z]([\w,:]*\w)?$/

/**
 * Reads a config of node-problem-detector's custom plugin monitor strictly, by its docs/custom_plugin_monitor.md and by what it
 * refuses at its start. `hasFile` says which scripts are there, because it ends where one is not.
 */
export function readNpdConfig(json: string, hasFile: (path: string) => boolean): NpdConfig {
  const read = config.parse(JSON.parse(json))
  const declared = read.conditions.map(({ type }) => type)
  if (new Set(declared).size < declared.length) throw new Error('a condition is declared twice')
  for (const { type, reason } of read.conditions)
    if (!conditionType.test(type) || !conditionReason.test(reason)) throw new Error(`${type}, ${reason}`)
  for (const { type, condition = '', path, timeout = 0 } of read.rules) {
    if (type === 'permanent' && !declared.includes(condition)) throw new Error(`${condition} is not declared`)
    if (timeout > read.pluginConfig.timeout) throw new Error('a rule may take longer than all of them')
    if (!hasFile(path)) throw new Error(`there is no ${path}`)
  }
  // Conditions are set up by the first status alone.
  if (read.pluginConfig.skip_initial_status) throw new Error('no condition would ever be set')
  return read
}
