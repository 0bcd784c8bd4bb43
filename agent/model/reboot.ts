import type { Facts } from './facts.ts'
import { verdict } from './reason.ts'
import type { Reason, Verdict } from './reason.ts'

/** What an image that waits for its boot may already hold. */
const cureByImage: readonly Reason[] = [
  'BinaryNotFound',
  'PackageNotInstalled',
  'UnitNotFound',
  'FileNotFound',
  'ModuleNotFound',
  'ModuleNotInKernel',
  'KernelTooOld',
]

/** What only another kernel cures. */
const cureByKernel: readonly Reason[] = [
  'KernelTooOld',
  'KernelVersionBad',
  'KernelConfigNotSet',
  'ModuleNotInKernel',
]

/** When an update waits for a reboot, what is missing may be in it: installing it once more is the wrong fix. */
export function rebootVerdict(said: Verdict, facts: Facts): Verdict {
  const mark = facts.reboot
  if (mark === null) return said
  const cured = mark.type === 'image' ? cureByImage : cureByKernel
  if (!cured.includes(said.reason)) return said
  return verdict(
    'RebootRequired',
    { message: said.message, by: mark.path },
    { evidence: said.evidence, fix: { reboot: true } },
  )
}
