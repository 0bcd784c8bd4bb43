/** The one spelling of a kernel module's name, in which `-` and `_` are equal: `dm-crypt` is dm_crypt. */
export function foldName(name: string): string {
  return name.replaceAll('-', '_')
}
