/**
 * The page's script. It fetches the page again, with its ETag, and copies what has changed, so that only the server makes markup. The
 * new page is parsed in a separate document, where nothing in it can run.
 */
export const script = `
'use strict'
const root = document.documentElement
const byId = (id) => document.getElementById(id)
const every = 3000, patience = 10000
const lists = ['checks', 'other-checks']
let etag = root.dataset.etag, timer = 0, isAsking = false, lostSince = null, isUnfolded = false

root.classList.add('js')
byId('filter').addEventListener('input', filter)
document.addEventListener('click', (event) => {
  const button = event.target.closest('.copy')
  if (button) copy(button)
})
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer)
  else ask()
})
showTimes()
timer = setTimeout(ask, every)

async function ask() {
  clearTimeout(timer)
  if (isAsking) return
  isAsking = true
  try {
    const headers = { accept: 'text/html', 'if-none-match': etag }
    const response = await fetch(location.pathname + location.search, { headers, cache: 'no-store', signal: AbortSignal.timeout(patience) })
    if (response.status === 200) take(await response.text(), response.headers.get('etag'))
    else if (response.status !== 304) throw new Error('it answered ' + response.status)
    lostSince = null
  } catch (error) {
    lostSince ??= new Date()
  }
  isAsking = false
  showLost()
  showTimes()
  if (!document.hidden) timer = setTimeout(ask, every)
}

function take(text, tag) {
  const next = new DOMParser().parseFromString(text, 'text/html')
  if (!next.getElementById('checks')) throw new Error('this is not our page')
  if (next.documentElement.dataset.version !== root.dataset.version) return location.reload()
  etag = tag
  document.title = next.title
  for (const id of ['summary', 'notices', 'others-head']) replaceInside(byId(id), next.getElementById(id))
  const fresh = lists.map((id) => [...next.getElementById(id).children])
  const kept = fresh.map((checks) => checks.map((check) => keepOrTake(byId(check.id), check)))
  lists.forEach((id, index) => showChecks(byId(id), kept[index]))
  byId('others').hidden = kept[1].length === 0
  filter()
}

function replaceInside(old, fresh) {
  if (old.dataset.text === fresh.textContent) return
  old.dataset.text = fresh.textContent
  old.replaceChildren(...fresh.childNodes)
}

function showChecks(list, kept) {
  if (kept.length === list.children.length && kept.every((check, index) => check === list.children[index])) return
  const focused = list.contains(document.activeElement) && document.activeElement.closest('.check')
  list.replaceChildren(...kept)
  if (focused) byId(focused.id)?.querySelector('summary').focus({ preventScroll: true })
}

/** An open check stays open; one that the reader closed stays closed until its state changes. */
function keepOrTake(old, fresh) {
  if (!old) return fresh
  if (old.dataset.key === fresh.dataset.key) return old
  fresh.open = old.dataset.state === fresh.dataset.state ? old.open : old.open || fresh.open
  return fresh
}

/** Words look into what is folded too, and unfold it while something there has them. */
function filter() {
  const words = byId('filter').value.toLowerCase().split(/\\s+/).filter(Boolean)
  const [here, others] = lists.map((id) => [...byId(id).children].filter((check) => show(check, words)).length)
  byId('none').hidden = here + others > 0 || words.length === 0
  if (words.length > 0 && others > 0 && !byId('others').open) {
    byId('others').open = true
    isUnfolded = true
  } else if (isUnfolded && (words.length === 0 || others === 0)) {
    byId('others').open = false
    isUnfolded = false
  }
}

function show(check, words) {
  const text = check.textContent.toLowerCase()
  check.hidden = !words.every((word) => text.includes(word))
  return !check.hidden
}

function showLost() {
  const lost = byId('lost')
  lost.hidden = lostSince === null
  const text = lostSince && 'The agent has not answered since ' + lostSince.toLocaleTimeString() + '. This page shows what was last seen.'
  if (text && lost.textContent !== text) lost.textContent = text
}

function showTimes() {
  for (const time of document.querySelectorAll('time')) {
    const at = new Date(time.dateTime)
    time.title = time.dateTime
    const text = ago((Date.now() - at) / 1000)
    if (time.textContent !== text) time.textContent = text
  }
}

function ago(seconds) {
  if (seconds < 10) return 'just now'
  if (seconds < 60) return Math.floor(seconds / 10) * 10 + ' s ago'
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ago'
  if (seconds < 172800) return Math.floor(seconds / 3600) + ' h ago'
  return Math.floor(seconds / 86400) + ' days ago'
}

/** The clipboard API works on https and localhost only; a node's address is usually neither. */
async function copy(button) {
  const pre = button.parentElement.querySelector('pre')
  try {
    await navigator.clipboard.writeText(pre.textContent)
    confirm(button, 'Copied')
  } catch {
    getSelection().selectAllChildren(pre)
    confirm(button, document.execCommand('copy') ? 'Copied' : 'Selected')
  }
}

function confirm(button, word) {
  button.textContent = word
  setTimeout(() => { button.textContent = 'Copy' }, 2000)
}
`
