import * as z from 'zod'
import { configFile } from '#agent/catalog/config.ts'

// What Kubernetes itself checks is only a map or a list here.
const map = z.record(z.string(), z.unknown())
const maps = z.array(map)
const texts = z.record(z.string(), z.string())

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
const imagePart = z.string().regex(/^[A-Za-z0-9._:/-]*$/)
const secrets = z.array(z.union([z.string().min(1), z.strictObject({ name: z.string().min(1) })]))
/** Of Prometheus. */
const time = z.string().regex(/^(([0-9]+)(ms|[smhdwy]))*$/)
const quantities = z.record(z.string(), z.union([z.string(), z.number()]))
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
const labels = z.record(z.string().regex(/^[A-Za-z0-9]/), z.string().max(63))
const switchedOn = z.strictObject({ enabled: z.boolean() })

/** Optional is what `null` may switch off: Helm then leaves the key out. */
const values = z.strictObject({
  global: z.looseObject({ imageRegistry: imagePart, imagePullSecrets: secrets }),
  nameOverride: name(40),
  fullnameOverride: name(52),
  namespaceOverride: namespace,
  commonLabels: labels,
  image: z.strictObject({
    registry: imagePart,
    repository: imagePart.min(1),
    tag: z.string().regex(/^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$/),
    digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
    pullPolicy: z.enum(['', 'Always', 'IfNotPresent', 'Never']),
  }),
  imagePullSecrets: secrets,
  config: configFile.optional(),
  customChecks: z.record(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?\.ya?ml$/), z.string().min(1)),
  prober: container,
  server: container,
  serviceAccount: z.strictObject({ create: z.boolean(), name: name(63), annotations: texts }),
  rbac: z.strictObject({ create: z.boolean() }),
  daemonSetAnnotations: texts,
  podAnnotations: texts,
  podLabels: labels,
  nodeSelector: texts.optional(),
  tolerations: maps.optional(),
  affinity: map.optional(),
  priorityClassName: z
    .string()
    .regex(/^[a-z0-9.-]*$/)
    .optional(),
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
  auth: switchedOn.extend({ secretName: name(253).min(1) }),
  openshift: switchedOn,
})

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
      const said = describe(path.filter((part) => part !== 'properties').map(String))
      if (said !== undefined) jsonSchema.description = said
    },
  })
  return { ...made, title: 'Values of the chart hostdeps' }
}

/** `publish.conditions` is read by the agents as `true` and `false` too, as it was before it had words. */
function takeTruth(schema: z.core.JSONSchema.BaseSchema): void {
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
function namePattern(schema: z.core.JSONSchema.BaseSchema): void {
  const { propertyNames, additionalProperties } = schema
  if (typeof propertyNames !== 'object' || propertyNames.pattern === undefined) return
  delete schema.propertyNames
  Object.assign(schema, {
    patternProperties: { [propertyNames.pattern]: additionalProperties },
    additionalProperties: false,
  })
}
