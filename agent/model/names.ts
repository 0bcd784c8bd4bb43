/** The prefix of every name that hostdeps puts on a Node. */
export const prefix = 'hostdeps.dev/'

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
