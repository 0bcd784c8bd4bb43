import { lstatSync, readlinkSync } from 'node:fs'
import type { Stats } from 'node:fs'
import type { Answer, Unanswered } from '../model/question.ts'
import { fateOfErrno, unansweredErrno } from './errno.ts'
import type { Refused } from './errno.ts'
import type { SuspectMounts } from './mounts.ts'

/** What a path leads to inside a root. `real` is inside that root, without symbolic links. */
export interface Resolved {
  readonly real: string
  readonly stat: Stats
}

/** The way leads onto a mount that may hang; nothing of it was touched. */
export interface OnSuspect {
  readonly fate: 'suspect'
  readonly mount: string
}

/** Seen from another PID namespace they lead nowhere, which proves nothing. */
const ownProc: readonly string[] = ['/proc/self', '/proc/thread-self']

/** As the kernel's own limit, path_resolution(7). */
const mostLinks = 40

/**
 * Follows a path inside a root, each component by ourselves: absolute symbolic links start at that root again, and
 * ".." never leaves it. The kernel would follow them in our own root, where another file or none stands.
 */
export function resolvePath(
  root: string,
  path: string,
  suspects: SuspectMounts,
): Answer<Resolved> | OnSuspect {
  let done: string[] = []
  let rest = path.split('/')
  // The links that are being followed, innermost last; `behind` is how much of the path stood behind one.
  let links: readonly { readonly text: string; readonly behind: number }[] = []
  let followed = 0
  const start = lookAtRoot(root)
  if ('fate' in start) return start
  let stat = start
  while (rest.length > 0) {
    const [name = '', ...others] = rest
    rest = others
    // Past its end, what is not there is no fault of the link: /sbin -> usr/sbin is fine, and has no iscsiadm.
    links = links.filter(({ behind }) => others.length >= behind)
    if (name === '' || name === '.') continue
    if (name === '..') {
      done = done.slice(0, -1)
      continue
    }
    const here = `/${[...done, name].join('/')}`
    if (root !== '' && ownProc.includes(here)) {
      return { fate: 'failed', detail: `${here} is that of whoever reads it, not of the host` }
    }
    if (suspects.has(here)) return { fate: 'suspect', mount: here }
    const step = look(root + here)
    if ('fate' in step)
      return { fate: step.fate, detail: explain(step, { path, here, link: links.at(-1)?.text ?? null }) }
    if (step.target === null) {
      done = [...done, name]
      stat = step.stat
      continue
    }
    followed++
    if (followed > mostLinks) return { fate: 'failed', detail: `${path}: too many symbolic links` }
    links = [...links, { text: `${here} -> ${step.target}`, behind: rest.length }]
    if (step.target.startsWith('/')) done = []
    rest = [...step.target.split('/'), ...rest]
  }
  const real = `/${done.join('/')}`
  return { fate: 'found', value: { real, stat: done.length === 0 ? start : stat } }
}

/** A root that is not there proves nothing of what is in it: the process through which it is seen has ended. */
export function lookAtRoot(root: string): Stats | Unanswered {
  try {
    return lstatSync(`${root}/`)
  } catch (error) {
    return unansweredErrno(error, root || '/')
  }
}

type Look = { readonly stat: Stats; readonly target: string | null } | Refused

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
