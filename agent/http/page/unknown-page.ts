import { breadcrumb } from './check-head.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { live, nothing } from './parts.ts'
import { lostPlace, renderShell } from './shell.ts'

export interface Unknown {
  readonly name: string
  /** "there is no check iscsi (did you mean open-iscsi?)" */
  readonly detail: string
  readonly near: readonly string[]
}

/** The page of a check that does not exist, with those that may be meant. */
export function renderUnknownPage({ name, detail, near }: Unknown, node: string): string {
  const links = near.map((other) => html`<li><a href="${other}">${other}</a></li>`)
  const list =
    near.length === 0
      ? nothing
      : html`<div class="card">
          <h2>Near names</h2>
          <ul>
            ${links}
          </ul>
        </div>`
  const sentence = `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`
  const content = html`<h1>No such check</h1>
    <p class="purpose">${sentence}</p>
    ${list}
    <p><a href="../?all">All checks of ${node}</a></p>`
  const title = `no such check - ${node} - hostdeps`
  return renderEmptyPage(title, breadcrumb(node, name), content)
}

/** The page of a check before the first round; the script turns it into another one. */
export function renderNotYetPage(name: string): string {
  const content = html`<h1>${name}</h1>
    <p class="note">No round has finished yet.</p>`
  return renderEmptyPage(`${name} - hostdeps`, breadcrumb('hostdeps', name), content)
}

function renderEmptyPage(title: string, way: Html, content: Html): string {
  const body = html`<header class="page-head">${way}</header>
    ${lostPlace}
    <main id="main" tabindex="-1">${live('notices', content)}</main>`
  return renderShell({ kind: 'unknown', etag: '', title, body })
}
