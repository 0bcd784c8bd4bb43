import type { KubeObject } from './helm.ts'

/** What objects say of others that are not among them, but for what clusters have by themselves and what `given` names. */
export function danglingIn(objects: readonly KubeObject[], given: readonly string[]): string[] {
  const there = objects.map(({ kind, metadata }) => placed(kind, metadata))
  const known = new Set([...there, ...given])
  const named = objects.flatMap((object) => referencesOf(object))
  return named.filter((name) => !known.has(name) && !name.endsWith('/kube-root-ca.crt'))
}

/** What has a name, where it says so. */
interface Reference {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
}

function placed(kind: string, { name = '', namespace = '' }: Reference): string {
  return `${kind} ${namespace}/${name}`
}

function referencesOf(object: KubeObject): string[] {
  const { namespace = '' } = object.metadata
  const here = (kind: string) => (name: string) => [placed(kind, { name, namespace })]
  /** By the key that holds them. */
  const texts: Readonly<Record<string, (text: string) => string[]>> = {
    serviceAccountName: here('ServiceAccount'),
    policyName: (name) => [placed(object.kind.replace('Binding', ''), { name })],
    expression: accountsIn,
  }
  const maps: Readonly<Record<string, (map: Reference) => string[]>> = {
    roleRef: ({ kind = '', name = '' }) => [placed(kind, { name })],
    paramRef: (map) => [placed('ConfigMap', map)],
    configMap: ({ name = '' }) => here('ConfigMap')(name),
    secret: ({ name = '' }) => here('Secret')(name),
  }
  return valuesIn(object).flatMap(([key, value]): string[] => {
    if (typeof value === 'string') return texts[key]?.(value) ?? []
    if (key === 'subjects') return (value as Reference[]).map((one) => placed(one.kind ?? '', one))
    if (key === 'resourceNames')
      return (value as string[]).map((name) => placed('SecurityContextConstraints', { name }))
    return maps[key]?.(value as Reference) ?? []
  })
}

/** Those that a policy's expression names; not those of any namespace. */
function accountsIn(expression: string): string[] {
  const found = expression.matchAll(/\^system:serviceaccount:\(?([a-z-]+):([a-z-]+)[|$]/g)
  return [...found].map(([, namespace = '', name = '']) => placed('ServiceAccount', { name, namespace }))
}

/** All keys with their values, at any depth. */
function valuesIn(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [[key, inner], ...valuesIn(inner)])
}
