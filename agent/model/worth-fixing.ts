import type { Reason } from './reason.ts'
import type { Finding } from './report.ts'

const ofHardware: readonly Reason[] = [
  'PciDeviceNotFound',
  'CpuFeatureNotFound',
  'CpuFeatureNoneOf',
  'ArchitectureWrong',
]

/** Where the machine lacks a part that is required, nothing else helps. */
export function worthFixing<T extends { readonly result: Finding }>(all: readonly T[]): readonly T[] {
  const lacking = all.filter(({ result }) => lacksHardware(result))
  return lacking.length > 0 ? lacking : all
}

function lacksHardware({ state, recommended, reason }: Finding): boolean {
  return state === 'missing' && !recommended && ofHardware.includes(reason)
}
