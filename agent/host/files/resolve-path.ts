import { lstatSync, readlinkSync } from 'node:fs'
import type { Stats } from 'node:fs'
import type { Answer, Unanswered } from '#agent/model/question.ts'
import { fateOfErrno, unansweredErrno } from './errno.ts'
import type { Refused } from './errno.ts'
import type { SuspectMounts } from './suspect-mounts.ts'

/** Where to follow paths. */
export interface Way {
  /** Prefix of every path: "/proc/4711/root", or "" for our own. */
  readonly root: string
  readonly suspects: SuspectMounts
  /** A cache of what was found at each place on the way. Its owner decides how long it lives; absent: no caching. */
  readonly passed?: Map<string, Look>
}

/** What a path leads to inside a root. `real` is inside that root, without symbolic links. */
export interface Resolved {
  readonly real: string
  readonly stat: Stats
}

/** The path leads onto a mount that may hang; the mount was not touched. */
export interface OnSuspect {
  readonly fate: 'suspect'
  readonly mount: string
}

/** In another PID namespace these lead nowhere, which proves nothing. */
const ownProc: readonly string[] = ['/proc/self', '/proc/thread-self']

/** The kernel's own limit, path_resolution(7). */
const mostLinks = 40

/**
 * Follows a path inside a root, component by component: absolute symbolic links start at that root again, and ".." never
 * leaves it. The kernel would follow them in our own root, where another file may be, or none.
 */
export function resolvePath(way: Way, path: string): Answer<Resolved> | OnSuspect {
  const { root, suspects } = way
  /** Where the path has led so far, "" at the root. */
  let done = ''
  let rest = path.split('/')
  let at = 0
  // The links being followed, innermost last; `behind` is how many components of the path follow the link.
  let links: readonly { readonly text: string; readonly behind: number }[] = []
  let followed = 0
  const start = passRoot(way)
  if ('fate' in start) return start
  let stat = start
  while (at < rest.length) {
    const name = rest[at++] ?? ''
    const left = rest.length - at
    // Past its end, a link is not to blame for what is missing: /sbin -> usr/sbin is fine but may lack iscsiadm.
    if (links.length > 0) links = links.filter(({ behind }) => left >= behind)
    if (name === '' || name === '.') continue
    if (name === '..') {
      done = done.slice(0, Math.max(0, done.lastIndexOf('/')))
      continue
    }
    const here = `${done}/${name}`
    if (root !== '' && ownProc.includes(here)) {
      return { fate: 'failed', detail: `${here} belongs to the process that reads it, not to the host` }
    }
    if (suspects.has(here)) return { fate: 'suspect', mount: here }
    const step = pass(way, here)
    if ('fate' in step)
      return { fate: step.fate, detail: explain(step, { path, here, link: links.at(-1)?.text ?? null }) }
    if (step.target === null) {
      done = here
      stat = step.stat
      continue
    }
    followed++
    if (followed > mostLinks) return { fate: 'failed', detail: `${path}: too many symbolic links` }
    links = [...links, { text: `${here} -> ${step.target}`, behind: left }]
    if (step.target.startsWith('/')) done = ''
    rest = [...step.target.split('/'), ...rest.slice(at)]
    at = 0
  }
  return { fate: 'found', value: { real: done || '/', stat: done === '' ? start : stat } }
}

/** An absent root proves nothing about its content: the process through which we see it has ended. */
export function lookAtRoot(root: string): Stats | Unanswered {
  try {
    return lstatSync(`${root}/`)
  } catch (error) {
    return unansweredErrno(error, nameOf(root))
  }
}

/** We see a held process through one of our own descriptors, whose number means nothing to people. */
function nameOf(root: string): string {
  return root === '' ? '/' : root.replace(/^\/proc\/\d+\/fd\/\d+\/root/, "the host's root")
}

type Look = { readonly stat: Stats; readonly target: string | null } | Refused

function passRoot({ root, passed }: Way): Stats | Unanswered {
  const seen = passed?.get('')
  if (seen !== undefined && 'stat' in seen) return seen.stat
  const stat = lookAtRoot(root)
  if (!('fate' in stat)) passed?.set('', { stat, target: null })
  return stat
}

/** Hundreds of paths in one set of questions go through the same few folders. */
function pass({ root, passed }: Way, here: string): Look {
  const known = passed?.get(here)
  if (known !== undefined) return known
  const seen = look(root + here)
  if (passed && passed.size < mostPassed) passed.set(here, seen)
  return seen
}

/** Cached places; a path may have a hundred folders, and custom checks may name thousands of paths. */
const mostPassed = 5_000

function look(place: string): Look {
  try {
    const stat = lstatSync(place, { throwIfNoEntry: false })
    if (stat === undefined) return { fate: 'absent', detail: '' }
    return { stat, target: stat.isSymbolicLink() ? readlinkSync(place) : null }
  } catch (error) {
    return fateOfErrno(error, '')
  }
}

function explain(
  step: { fate: string; detail: string },
  at: { path: string; here: string; link: string | null },
): string {
  if (step.fate !== 'absent') return `${at.here}${step.detail}`
  if (at.link !== null) return `the symbolic link ${at.link} leads to ${at.here}, which does not exist`
  return at.here === at.path ? 'it does not exist' : `${at.here} does not exist`
}
