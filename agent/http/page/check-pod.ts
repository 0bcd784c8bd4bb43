import type { CheckView } from '#agent/model/check-view.ts'
import { podLines, publishLine } from '#agent/render/pod-lines.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { nothing, renderCopyable } from './parts.ts'

/** The lines by which a pod waits for the check, ready to copy. */
export function renderPod(view: CheckView, version: string): Html {
  const { name } = view.check
  const ways = podLines(name, { version }).map(({ title, note, yaml }) => {
    const head = html`<h3>${title}</h3>`
    return html`<div class="way">
      ${renderCopyable({ text: yaml, what: `the lines: ${title}`, head, isYaml: true })}
      <p class="small">${note}</p>
    </div>`
  })
  return html`${renderLabelHint(view)} ${ways}`
}

/** Where the label is not on the Node, how it gets there. */
function renderLabelHint({ check: { name, isPublished }, report: { settings } }: CheckView): Html {
  if (isPublished && settings.publish.labels) return nothing
  if (isPublished)
    return html`<p class="note">
      The config switches labels off (<code>publish: { labels: false }</code>), so only the initContainer
      works.
    </p>`
  const head = html`<p>The config's line that publishes it</p>`
  return html`<div class="note">
    <p>
      ${name} is not published, so no Node has its label, and the gate refuses its name. The initContainer
      works all the same.
    </p>
    ${renderCopyable({ text: publishLine(name, settings), what: "the config's line", head })}
  </div>`
}
