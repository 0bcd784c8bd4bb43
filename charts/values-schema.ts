import * as z from 'zod'
import { configFile } from '#agent/catalog/config.ts'

// What Kubernetes itself checks is only a map or a list here.
const map = z.record(z.string(), z.unknown())
const maps = z.array(map)

/** A DNS subdomain, or what may be in one. */
const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
/** What follows a prefix in the key of a label, and the value of one. */
const word = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?'
const objectName = z
  .string()
  .max(253)
  .regex(whole(`(${subdomain})?`))

/** A DNS label: these name Services and accounts, and are in the policies' expressions. */
const name = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^([a-z]([a-z0-9-]*[a-z0-9])?)?$/)
const namespace = z
  .string()
  .max(63)
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$/)
/** As runtimes read the name of an image: a registry may have a port, and what follows it has neither that nor a tag. */
const registry = '[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?'
const folder = '[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*'
const imageRegistry = z.string().regex(whole(`(${registry}(/${folder})*)?`))
const imageRepository = z.string().regex(whole(`(${registry}/)?${folder}(/${folder})*`))
const secrets = z.array(z.union([z.string().min(1), z.strictObject({ name: z.string().min(1) })]))
/** Of Prometheus. */
const time = z.string().regex(/^(([0-9]+)(ms|[smhdwy]))*$/)
const quantity = /^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?$/
const quantities = z.record(
  z.string(),
  z.union([z.string(), z.number()]).meta({ pattern: quantity.source, minimum: 0 }),
)
const container = z.strictObject({
  resources: z
    .strictObject({
      requests: quantities.optional(),
      limits: quantities.optional(),
      claims: maps.optional(),
    })
    .optional(),
  extraArgs: z.array(z.string().regex(/^--[a-z]/)),
  env: z.array(
    z.strictObject({ name: z.string().min(1), value: z.string().optional(), valueFrom: map.optional() }),
  ),
})
/** app.kubernetes.io/name is how the Service, the alerts and the commands find the agents. */
const labels = z.record(
  z.string().regex(whole(`(${subdomain}/)?${word}`)),
  z.string().regex(whole(`(${word})?`)),
)
/** Of annotations the API server takes prefixes in capitals too. */
const anyCase = subdomain.replaceAll('a-z', 'A-Za-z')
const annotations = z.record(z.string().regex(whole(`(${anyCase}/)?${word}`)), z.string())
const switchedOn = z.strictObject({ enabled: z.boolean() })

/** Optional is what `null` may switch off: Helm then leaves the key out. */
const values = z.strictObject({
  /** A parent chart's own: its "condition" reads it, and nothing here does. */
  enabled: z.boolean().optional(),
  global: z
    .looseObject({ imageRegistry: imageRegistry.nullish(), imagePullSecrets: secrets.nullish() })
    .nullish(),
  nameOverride: name(40),
  fullnameOverride: name(52),
  namespaceOverride: namespace,
  commonLabels: labels,
  image: z.strictObject({
    registry: imageRegistry,
    repository: imageRepository,
    tag: z.string().regex(/^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$/),
    digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
    pullPolicy: z.enum(['', 'Always', 'IfNotPresent', 'Never']),
  }),
  imagePullSecrets: secrets,
  config: configFile.optional(),
  customChecks: z.record(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?\.ya?ml$/), z.string().min(1)),
  prober: container,
  server: container,
  serviceAccount: z.strictObject({ create: z.boolean(), name: name(63), annotations }),
  rbac: z.strictObject({ create: z.boolean() }),
  daemonSetAnnotations: annotations,
  podAnnotations: annotations,
  podLabels: labels,
  nodeSelector: labels.optional(),
  tolerations: maps.optional(),
  affinity: map.optional(),
  priorityClassName: objectName.optional(),
  updateStrategy: z
    .strictObject({
      type: z.enum(['RollingUpdate', 'OnDelete']).optional(),
      rollingUpdate: map.optional(),
    })
    .optional(),
  revisionHistoryLimit: z.int().min(0).nullish(),
  resourceQuota: switchedOn,
  networkPolicy: switchedOn.extend({ apiServerPorts: z.array(z.int().min(1).max(65_535)).min(1) }),
  prometheus: z.strictObject({
    monitor: switchedOn.extend({
      namespace,
      additionalLabels: labels,
      interval: time,
      scrapeTimeout: time,
      relabelings: maps,
      metricRelabelings: maps,
    }),
    rules: switchedOn.extend({ namespace, additionalLabels: labels }),
  }),
  grafana: z.strictObject({
    dashboard: switchedOn.extend({ namespace, labels }),
  }),
  gate: switchedOn,
  auth: switchedOn.extend({ secretName: objectName.min(1) }),
  openshift: switchedOn,
})

type Schema = z.core.JSONSchema.BaseSchema

/** The JSON Schema of the chart's values. Helm has put in every default by the time it asks. */
export function valuesSchema(describe: (path: readonly string[]) => string | undefined): object {
  const made = z.toJSONSchema(values, {
    io: 'input',
    reused: 'inline',
    override: ({ jsonSchema, path }) => {
      // The config's are those of the agents, in their own units.
      delete jsonSchema.default
      toRe2(jsonSchema)
      namePattern(jsonSchema)
      if (path.at(-1) === 'conditions') takeTruth(jsonSchema)
    },
  })
  return { ...described(made, [], describe), title: 'Values of the chart hostdeps' }
}

type Describe = Parameters<typeof valuesSchema>[0]

/** By the finished schema's own paths: `override` is called once for what is used in several places. */
function described(schema: Schema, path: readonly string[], describe: Describe): Schema {
  const description = describe(path)
  const plain = withNull(schema)
  const parts = Object.entries(plain.properties ?? {}).map(
    ([key, part]) => [key, described(part as Schema, [...path, key], describe)] as const,
  )
  return {
    ...plain,
    ...(parts.length > 0 && { properties: Object.fromEntries(parts) }),
    ...(description !== undefined && { description }),
  }
}

/** Of one schema Helm says what is wrong in it; of two it says that neither holds. */
function withNull(schema: Schema): Schema {
  const [own, none] = schema.anyOf ?? []
  if (typeof own?.type !== 'string' || none?.type !== 'null') return schema
  return Object.assign({}, own, { type: [own.type, 'null'] })
}

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`)
}

/** `publish.conditions` is read by the agents as `true` and `false` too, as it was before it had words. */
function takeTruth(schema: Schema): void {
  delete schema.type
  schema.enum = [...new Set([...(schema.enum ?? []), true, false])]
}

/** Helm's patterns have no look-ahead. Ours has one alone: how long a name may be. */
function toRe2(schema: { pattern?: string; maxLength?: number }): void {
  const [, most, rest] = /^\^\(\?=\.\{1,(\d+)\}\$\)(.*)$/.exec(schema.pattern ?? '') ?? []
  if (rest === undefined) return
  Object.assign(schema, { pattern: `^${rest}`, maxLength: Number(most) })
}

/** Of a name that does not match, Helm says where it is only in this form. */
function namePattern(schema: Schema): void {
  const { propertyNames, additionalProperties } = schema
  if (typeof propertyNames !== 'object' || propertyNames.pattern === undefined) return
  delete schema.propertyNames
  Object.assign(schema, {
    patternProperties: { [propertyNames.pattern]: additionalProperties },
    additionalProperties: false,
  })
}
