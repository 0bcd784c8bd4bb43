import { plainLine } from '#agent/model/plain.ts'
import type { Cause, Evidence } from './answer.ts'

/** What every cause begins as. */
export const noCause: Cause = {
  verdict: 'cannot tell',
  check: null,
  title: null,
  need: null,
  says: 'nothing that can be read says why',
  next: null,
  source: null,
  evidence: [],
  hosts: [],
  readySince: null,
  ruledOut: [],
  also: [],
}

export function evidenceOf({ from, container }: Evidence, text: string): Evidence {
  return { from, container, text: plainLine(text) }
}
