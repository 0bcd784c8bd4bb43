import { html } from './html.ts'
import type { Html } from './html.ts'

/** Sends a log to be explained; the script does it, and without a script the style hides it. */
export const explainForm: Html = html`<details class="explain" id="explain">
  <summary>
    <h2>Explain a log</h2>
    <span>which of its lines point to something that this host lacks</span>
  </summary>
  <form class="card" id="explain-form">
    <label for="explain-log"
      >What a crashing container or a program printed, at most 1 MiB. It is not kept.</label
    >
    <textarea id="explain-log" rows="8" spellcheck="false" required></textarea>
    <button type="submit">Explain</button>
    <pre id="explain-answer" tabindex="0" hidden></pre>
  </form>
</details>`
