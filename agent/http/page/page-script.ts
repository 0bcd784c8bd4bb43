/**
 * The script of all pages. It fetches its page again, with its ETag, and copies what has changed, so that only the server makes
 * markup. The new page is parsed in a separate document, where nothing in it can run.
 */
export const script = `
'use strict'
const root = document.documentElement
const byId = (id) => document.getElementById(id)
/** Milliseconds: with a stream of changes only what has no event is asked for; without one, everything. */
const every = 3000, everyStreamed = 15000, patience = 10000
const lists = ['published', 'seen', 'others']
const isNode = root.dataset.kind === 'node'
let etag = root.dataset.etag, timer = 0, isAsking = false, isAskedAgain = false, lostSince = null, isUnfolded = false, stream = null
let state = new URLSearchParams(location.search).get('state') || ''

root.classList.add('js')
if (isNode) watchFilter()
byId('explain-form')?.addEventListener('submit', explain)
document.addEventListener('click', (event) => {
  const button = event.target.closest('.copy')
  if (button) copy(button)
})
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    clearTimeout(timer)
    stream?.close()
  } else {
    listen()
    ask()
  }
})
showTimes()
setInterval(showTimes, 5000)
if (!document.hidden) listen()
timer = setTimeout(ask, every)

/** Asks when something has changed; the stream comes back by itself. */
function listen() {
  if (!('EventSource' in window)) return
  stream?.close()
  stream = new EventSource((isNode ? '' : '../') + 'v1/watch')
  for (const type of ['snapshot', 'check', 'round', 'stale']) stream.addEventListener(type, ask)
  stream.addEventListener('error', ask)
}

/** Brings the page up to date, once; while the page is seen it asks again later. */
async function ask() {
  clearTimeout(timer)
  isAskedAgain = isAsking
  if (isAsking || document.hidden) return
  isAsking = true
  try {
    const headers = { accept: 'text/html', 'if-none-match': etag }
    const response = await fetch(location.pathname + location.search, { headers, cache: 'no-store', signal: AbortSignal.timeout(patience) })
    if (response.status !== 304) take(await response.text(), response.headers.get('etag') || '')
    lostSince = null
  } catch (error) {
    lostSince ??= new Date()
    // A browser has six connections to a server; the streams of other windows may have taken all.
    if (error.name === 'TimeoutError') stream?.close()
  }
  isAsking = false
  showLost()
  showTimes()
  if (document.hidden) return
  if (isAskedAgain) return ask()
  timer = setTimeout(ask, stream?.readyState === 1 ? everyStreamed : every)
}

function take(text, tag) {
  const next = new DOMParser().parseFromString(text, 'text/html')
  const { version, kind } = next.documentElement.dataset
  if (!version) throw new Error('this is not our page')
  if (version !== root.dataset.version || kind !== root.dataset.kind) return location.reload()
  if (document.title !== next.title) say(next.title)
  document.title = next.title
  for (const fresh of next.querySelectorAll('[data-live]')) replaceInside(byId(fresh.id), fresh)
  if (isNode) takeChecks(next)
  // Only now: what could not be shown is asked for again.
  etag = tag
}

/** Words for whoever listens to the page. */
function say(words) {
  byId('news').textContent = words
}

function replaceInside(old, fresh) {
  if (old.dataset.live === fresh.dataset.live) return
  const at = focusable(old).indexOf(document.activeElement)
  const open = [...old.querySelectorAll('details[open][id]')].map(({ id }) => id)
  old.dataset.live = fresh.dataset.live
  old.hidden = fresh.hidden
  old.replaceChildren(...fresh.childNodes)
  for (const id of open) byId(id)?.setAttribute('open', '')
  if (at >= 0) focusable(old)[at]?.focus({ preventScroll: true })
}

function focusable(place) {
  return [...place.querySelectorAll('a, button, summary, pre[tabindex]')]
}

function takeChecks(next) {
  const fresh = lists.map((id) => [...next.getElementById(id).children])
  const kept = fresh.map((checks) => checks.map((check) => keepOrTake(byId(check.id), check)))
  lists.forEach((id, index) => showChecks(byId(id), kept[index]))
  filter()
}

function showChecks(list, kept) {
  if (kept.length === list.children.length && kept.every((check, index) => check === list.children[index])) return
  const focused = list.contains(document.activeElement) && document.activeElement
  const card = focused && focused.closest('.check')
  const at = card ? focusable(card).indexOf(focused) : -1
  list.replaceChildren(...kept)
  const now = card && byId(card.id)
  if (now) (focusable(now)[at] || focusable(now)[0]).focus({ preventScroll: true })
}

/** What is open stays open; what the reader closed stays closed until the state changes. */
function keepOrTake(old, fresh) {
  if (!old || old.dataset.key === fresh.dataset.key) return old || fresh
  const [was, now] = [old.querySelector('details'), fresh.querySelector('details')]
  if (was && now) now.open = old.dataset.state === fresh.dataset.state ? was.open : was.open || now.open
  return fresh
}

function watchFilter() {
  const input = byId('filter')
  input.addEventListener('input', filter)
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea')) return
    event.preventDefault()
    input.select()
  })
  byId('tally').addEventListener('click', (event) => {
    const link = event.target.closest('a')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    choose(link.dataset.state === state ? '' : link.dataset.state)
  })
}

/** As the server would: the address says it, so that it lasts over a reload. */
function choose(chosen) {
  state = chosen
  const query = new URLSearchParams(location.search)
  if (state) query.set('state', state)
  else query.delete('state')
  const text = query.toString().replace(/=(?=&|$)/g, '')
  history.replaceState(null, '', location.pathname + (text && '?' + text))
  for (const link of byId('tally').querySelectorAll('a')) {
    if (state && link.dataset.state === state) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
  }
  byId('any').hidden = !state
  filter()
}

/** Words look into what is folded too, and unfold it while something there has them. */
function filter() {
  const words = byId('filter').value.toLowerCase().split(/\\s+/).filter(Boolean)
  const counts = lists.map((id) => [...byId(id).children].filter((check) => show(check, words)).length)
  const others = counts[2], group = byId('others-group')
  byId('none').hidden = counts.some((count) => count > 0) || (words.length === 0 && !state)
  if (words.length > 0 && others > 0 && !group.open) {
    group.open = true
    isUnfolded = true
  } else if (isUnfolded && (words.length === 0 || others === 0)) {
    group.open = false
    isUnfolded = false
  }
}

function show(check, words) {
  const text = (check.textContent + ' ' + check.dataset.needs).toLowerCase()
  check.hidden = (state && check.dataset.state !== state) || !words.every((word) => text.includes(word))
  return !check.hidden
}

async function explain(event) {
  event.preventDefault()
  const [answer, button] = [byId('explain-answer'), event.target.querySelector('button')]
  button.disabled = true
  say('Reading the log')
  answer.textContent = await explanationOf(byId('explain-log').value)
  answer.hidden = false
  button.disabled = false
  say('The log is explained')
}

async function explanationOf(body) {
  const headers = { accept: 'text/plain', 'content-type': 'text/plain' }
  try {
    const response = await fetch('v1/explain', { method: 'POST', headers, body, signal: AbortSignal.timeout(40000) })
    const text = await response.text()
    return response.ok ? text : JSON.parse(text).detail
  } catch {
    return 'The agent does not answer.'
  }
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
  const pre = button.closest('.copyable').querySelector('pre')
  try {
    await navigator.clipboard.writeText(pre.textContent)
    confirm(button, 'Copied')
  } catch {
    getSelection().selectAllChildren(pre)
    confirm(button, document.execCommand('copy') ? 'Copied' : 'Selected')
  }
}

function confirm(button, word) {
  const place = button.querySelector('.word')
  place.textContent = word
  say(word)
  setTimeout(() => { place.textContent = 'Copy' }, 2000)
}
`
