import type { HostSummary } from '#agent/model/report.ts'

/** What a fix depends on, on a host where none of it matters. */
export const plainHost = {
  version: '12',
  family: 'debian',
  installer: 'apt-get',
  imageBased: null,
  container: null,
} satisfies Partial<HostSummary>
