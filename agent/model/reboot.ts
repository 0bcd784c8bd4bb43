import type { Facts } from './facts.ts'
import { verdict } from './reason.ts'
import type { Reason, Verdict } from './reason.ts'

/** What a new system image, which waits for a reboot, may already contain. */
const cureByImage: readonly Reason[] = [
  'BinaryNotFound',
  'PackageNotInstalled',
  'UnitNotFound',
  'FileNotFound',
  'ModuleNotFound',
  'ModuleNotInKernel',
  'KernelTooOld',
]

/** What only another kernel fixes. */
const cureByKernel: readonly Reason[] = [
  'KernelTooOld',
  'KernelVersionBad',
  'KernelConfigNotSet',
  'ModuleNotInKernel',
]

/** What is missing may be in an update that waits for a reboot; then installing it again is the wrong fix. */
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
