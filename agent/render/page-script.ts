/** Keeps the page as new as the report, without losing what is open or filtered; asks nothing while it is hidden. */
export const pageScript = String.raw`
const every = 2000
let tag = ''
let words = ''

function filter() {
  for (const check of document.querySelectorAll('.check')) check.hidden = !check.dataset.words.includes(words)
}

function wire() {
  const field = document.getElementById('filter')
  if (!field) return
  field.value = words
  field.addEventListener('input', () => { words = field.value.trim().toLowerCase(); filter() })
  for (const button of document.querySelectorAll('.copy')) button.addEventListener('click', () => copy(button))
  filter()
}

async function copy(button) {
  const text = button.previousElementSibling.textContent
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const area = document.body.appendChild(document.createElement('textarea'))
    area.value = text
    area.select()
    document.execCommand('copy')
    area.remove()
  }
  button.textContent = 'Copied'
  setTimeout(() => { button.textContent = 'Copy' }, 1500)
}

function alarm(text) {
  const place = document.getElementById('alarm')
  place.hidden = text === ''
  place.textContent = text
}

function states() {
  return new Map([...document.querySelectorAll('.check')].map((check) => [check.dataset.check, check]))
}

/** What the reader opened or closed stays so, unless the check's state is another now. */
function replace(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html')
  const before = states()
  const focused = document.activeElement && document.activeElement.id === 'filter'
  document.getElementById('report').replaceWith(fresh.getElementById('report'))
  document.title = fresh.title
  for (const [name, check] of states()) {
    const old = before.get(name)
    if (old && old.querySelector('.state').className === check.querySelector('.state').className) check.open = old.open
  }
  wire()
  if (focused) document.getElementById('filter').focus()
}

async function refresh() {
  if (document.hidden) return
  try {
    const answer = await fetch('v1/report', { headers: tag ? { 'if-none-match': tag } : {}, cache: 'no-store' })
    const stale = answer.headers.get('hostdeps-stale')
    if (answer.status === 200 && answer.headers.get('etag') !== tag) {
      const page = await fetch('./', { headers: { accept: 'text/html' }, cache: 'no-store' })
      if (tag || !document.querySelector('.check')) replace(await page.text())
      tag = answer.headers.get('etag')
    }
    alarm(stale ? 'Stale: ' + stale + '. What is shown may be wrong.' : '')
  } catch {
    alarm('The agent does not answer. What is shown may be old.')
  }
}

wire()
setInterval(refresh, every)
document.addEventListener('visibilitychange', refresh)
`
