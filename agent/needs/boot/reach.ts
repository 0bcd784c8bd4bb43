import type { Facts } from '#agent/model/facts.ts'

/**
 * Whether files of this host decide what its kernel is like after a boot. In a container they do not; on a system that is one
 * image, or whose configuration is made anew at each boot, they are not where we look.
 */
export function decidesItself({ container, imageBased, distro }: Facts): boolean {
  return container === null && imageBased === null && distro.id !== null
}
