import type { Finding, ReportCheck } from '#agent/model/report.ts'
import type { Reason } from '#agent/model/reason.ts'

/** What became of a check by its printed fix. */
export type Outcome =
  | 'ready'
  | 'needs another kernel'
  | 'needs hardware'
  | 'needs contrib or non-free'
  | 'not fixable here'

export interface Judged {
  readonly outcome: Outcome | 'wrong'
  /** What the finding itself said of it; of what is wrong, what. Empty for what is ready. */
  readonly why: string
}

/** What is left of a check that is not ready, by what proves that no command of this host's could help. */
const byReason: Partial<Record<Reason, Outcome>> = {
  ModuleNotInKernel: 'needs another kernel',
  ModuleNotFound: 'needs another kernel',
  KernelConfigNotSet: 'needs another kernel',
  KernelConfigUnexpected: 'needs another kernel',
  KernelTooOld: 'needs another kernel',
  KernelVersionBad: 'needs another kernel',
  PciDeviceNotFound: 'needs hardware',
  CpuFeatureNotFound: 'needs hardware',
  CpuFeatureNoneOf: 'needs hardware',
  ArchitectureWrong: 'needs hardware',
}

/** The same by words of the notes that are printed. */
const byNote: readonly (readonly [RegExp, Outcome])[] = [
  [/\b(contrib|non-free)\b/, 'needs contrib or non-free'],
  [/\b(another|other) kernel\b|Boot a kernel|no package adds|distribution's kernels/, 'needs another kernel'],
  [/\b(adapter|card|firmware|GPU|VT-x|VT-d|PCI device)\b/, 'needs hardware'],
  [/command line|GRUB_CMDLINE_LINUX/, 'not fixable here'],
  [/\bown repository\b|\bby hand\b|first;|https?:\/\//, 'not fixable here'],
  [/\b(machines?|machine under it|container)\b/, 'not fixable here'],
  [/\b(time server|NTP|chrony)\b/, 'not fixable here'],
]

/** What a check that is still not ready needs, in its own words; "wrong" where it does not say it. */
export function outcomeOf(after: ReportCheck): Judged {
  if (after.state === 'ready') return { outcome: 'ready', why: '' }
  const said = leftOf(after).flatMap(needOf)
  const wrong = said.filter(({ outcome }) => outcome === 'wrong')
  const telling = wrong.length > 0 ? wrong : said
  const [first] = telling
  if (first === undefined)
    return { outcome: 'wrong', why: `${after.state} ${after.reason}: ${after.message}` }
  return { outcome: first.outcome, why: [...new Set(telling.map(({ why }) => why))].join('; ') }
}

/** What makes it missing; of what cannot be told, what makes it unknown. */
function leftOf({ state, findings = [] }: ReportCheck | Finding): readonly Finding[] {
  return findings.filter((part) => part.state === state && !part.recommended)
}

/** Of an included check, of each part that is not ready; of alternatives, one that says it is enough. */
function needOf(finding: Finding): readonly Judged[] {
  const parts = leftOf(finding)
  if (finding.kind === 'anyOf') {
    const said = parts.map(needOf)
    const sound = said.find((all) => all.every(({ outcome }) => outcome !== 'wrong'))
    return sound ?? [own(finding)]
  }
  return parts.length > 0 ? parts.flatMap(needOf) : [own(finding)]
}

function own(finding: Finding): Judged {
  const { reason, message, fix } = finding
  const proven = byReason[reason]
  if (proven !== undefined) return { outcome: proven, why: message }
  for (const [pattern, outcome] of byNote) {
    const note = notesOf(fix).find((one) => pattern.test(one))
    if (note !== undefined) return { outcome, why: note }
  }
  return { outcome: 'wrong', why: `${reason}: ${message}` }
}

export function notesOf(fix: string | null): readonly string[] {
  return (fix ?? '').split('\n').flatMap((line) => (line.startsWith('# ') ? [line.slice(2)] : []))
}

export function commandsOf(fix: string | null): readonly string[] {
  return (fix ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}
