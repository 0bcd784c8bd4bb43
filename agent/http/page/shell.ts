import { createHash } from 'node:crypto'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { script } from './page-script.ts'
import { style } from './page-style.ts'
import { shapes } from './parts.ts'

/** A page runs and loads only what it contains, each part allowed by its hash. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
} as const

/** An open page that sees another version reloads itself, because the agent was updated. */
const version = hashOf(style + script).slice(-12)
const mark = `<rect width='16' height='16' rx='4' fill='%232563a8'/><path d='M4 8.5l2.7 2.7L12 5.5' fill='none' stroke='%23fff' stroke-width='2'/>`
const icon = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>${mark}</svg>`
  .replaceAll('<', '%3C')
  .replaceAll('>', '%3E')

export interface Shell {
  /** An open page that gets another kind reloads itself. */
  readonly kind: 'node' | 'check' | 'unknown'
  readonly etag: string
  readonly title: string
  readonly body: Html
}

/** One whole document: complete without its script, which only keeps it up to date. */
export function renderShell({ kind, etag, title, body }: Shell): string {
  return html`<!doctype html>
    <html lang="en" data-etag="${etag}" data-version="${version}" data-kind="${kind}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="${icon}" />
        ${element('style', style)}
      </head>
      <body>
        ${shapes}
        <a class="skip" href="#main">Skip to the content</a>
        ${body}
        <p id="news" class="unseen" role="status"></p>
        ${element('script', script)}
      </body>
    </html> `.markup
}

/** For the script: the agent does not answer. */
export const lostPlace: Html = trusted('<div id="lost" role="alert" hidden></div>')

/** The content must be exactly what was hashed; a formatter may change only the template around it. */
function element(tag: 'style' | 'script', content: string): Html {
  return trusted(`<${tag}>${content}</${tag}>`)
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
