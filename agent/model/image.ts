/** Without version and digest: "docker.io/longhornio/longhorn-manager". */
export function bareImage(reference: string): string {
  return reference.replace(/@.*$/s, '').replace(/:[^/:]*$/, '')
}

/** Whether a reference is of an image that is named by its folder and name, in any registry and of any version. */
export function isImage(reference: string, name: string): boolean {
  const bare = bareImage(reference)
  return bare === name || bare.endsWith(`/${name}`)
}

/** The same for several images as a pattern of RE2, for whoever cannot call {@link isImage}. */
export function imagePattern(names: readonly string[]): string {
  return `(?:^|/)(?:${names.map((name) => name.replaceAll('.', '\\.')).join('|')})(?:[:@].*)?$`
}
