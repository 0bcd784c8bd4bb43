/** The prefix of every name that hostdeps puts on a Node. */
export const prefix = 'hostdeps.dev/'

/** The reporting controller of agents' events. */
export const reportingController = `${prefix}agent`

/** What our own CLI needs of a report, as JSON. */
export const reportAnnotation = `${prefix}report`

/** By which others say, in a condition or an event of a Node, that somebody works on it. */
export const maintenanceReason = 'MaintenanceInProgress'

/** Published checks at most. Each is about 0.5 KB that every watcher of Nodes receives. */
export const maxPublished = 64

/** A DNS label, so that it can name a Node label; at most 56 characters, because it is part of a condition's type too. */
export const checkNamePattern = /^[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?$/

/** The name of a Kubernetes object: a DNS subdomain, https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const objectName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** The name of a namespace: a DNS label. */
export const namespaceName = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** An http(s) address of printable ASCII, without the signs that have no place in one. */
export const webAddress = /^https?:\/\/[^\s"<>\\^`{|}\p{Cc}\u007f-\u{10ffff}]+$/u

/** In place of check names: a pod that is annotated with it asks for no check. */
export const noCheck = 'none'

export function labelKey(check: string): string {
  return `${prefix}${check}`
}

/** `open-iscsi` → `hostdeps.dev/OpenIscsiReady` */
export function conditionType(check: string): string {
  const pascal = check
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
  return `${prefix}${pascal}Ready`
}
