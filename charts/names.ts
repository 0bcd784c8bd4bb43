/** Expressions of Helm's that templates/_helpers.tpl defines. */
export const fullname = 'include "hostdeps.fullname" .'
export const namespace = 'include "hostdeps.namespace" .'
export const account = 'include "hostdeps.serviceAccountName" .'
export const labels = 'include "hostdeps.labels" .'

/** Replaces the name of the Secret with the certificate, in whatever refers to it. */
export const secretOfTls = [/(?<=name: )hostdeps-tls$/gm, '{{ .Values.auth.secretName | quote }}'] as const

/**
 * What a name of manifests/ becomes: "hostdeps-events" is the full name of the release with "-events". Null where it stays, because
 * the agents or the commands know it. Two releases in a cluster collide by these names, on purpose.
 */
export function nameOf(kind: string, name: string): string | null {
  if (/^(?:Validating|Mutating)AdmissionPolicy/.test(kind) || fixed.includes(name)) return null
  if (!name.startsWith('hostdeps')) throw new Error(`${kind} ${name}: whose name is this?`)
  if (kind === 'ServiceAccount') return account
  const end = name.slice('hostdeps'.length)
  return end === '' ? fullname : `printf "%s${end}" (${fullname})`
}

/** The account of the pods of `fix --apply`, its rights on OpenShift, and the custom checks that it mounts. */
const fixed = ['hostdeps-fix', 'hostdeps-checks']
