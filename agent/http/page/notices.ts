import { crashHeadline } from '#agent/model/crash-groups.ts'
import type { CrashGroup } from '#agent/model/crash-groups.ts'
import { noticesOf } from '#agent/model/snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { live, renderFix } from './parts.ts'

export interface NoticesOptions {
  readonly crashes: readonly CrashGroup[]
  /** Whether the fix of what crashes stands below anyway. */
  readonly isFixBelow: boolean
}

/** What a reader must know first, on every page. */
export function renderNotices(snapshot: Snapshot, { crashes, isFixBelow }: NoticesOptions): Html {
  const { report } = snapshot
  const alarms = noticesOf(snapshot).map(
    ({ about, lead, detail }) =>
      html`<p ${trusted(about === 'stale' ? 'id="stale" ' : '')}class="alarm"><b>${lead}:</b> ${detail}</p>`,
  )
  const notes = [
    ...(report === null ? ['No round has finished yet.'] : []),
    ...(report?.checks.length === 0 ? ['The config has no checks.'] : []),
  ].map((note) => html`<p class="note">${note}</p>`)
  return live(
    'notices',
    html`${[...alarms, ...crashes.map((group) => renderCrash(group, isFixBelow)), ...notes]}`,
  )
}

function renderCrash(group: CrashGroup, isFixBelow: boolean): Html {
  const pods = (group.pods ?? []).map(
    ({ namespace, pod, container, restarts }) =>
      html`<li><code>${namespace}/${pod}</code>, container ${container}, ${restarts} restarts</li>`,
  )
  const list =
    pods.length === 0
      ? ''
      : html`<ul>
          ${pods}
        </ul>`
  return html`<div class="${group.fixed === null ? 'alarm' : 'note'}">
    <p><b>${crashHeadline(group)}</b></p>
    ${list}${renderFix(isFixBelow ? null : group.fix, group.need)}
  </div>`
}
