/** The style of all pages. Colours are chosen for a contrast of at least 4.5 to 1 in both schemes. */
export const style = `
:root { color-scheme: light dark; --ground: #f3f5f8; --card: #fff; --ink: #1a2027; --soft: #55606c; --line: #d8dee6; --code: #eff2f6; --link: #1a5aa8;
  --missing: #b3261e; --missing-tint: #fdeceb; --unknown: #835500; --unknown-tint: #fdf3dc; --ready: #17693a; --ready-tint: #e7f5ec; --none-tint: #eceff3;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; --shadow: 0 1px 2px rgb(20 30 45 / .06), 0 2px 8px rgb(20 30 45 / .05); }
@media (prefers-color-scheme: dark) { :root { --ground: #11151a; --card: #1a1f26; --ink: #e6eaef; --soft: #a3adb9; --line: #323a45; --code: #11151a; --link: #8ab8f6;
  --missing: #ff8f86; --missing-tint: #3a1d1c; --unknown: #f0bd57; --unknown-tint: #33280f; --ready: #70cf92; --ready-tint: #15301f; --none-tint: #262d36; --shadow: none; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem 1.25rem 4rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 0; font-size: 1rem; line-height: 1.4; }
h3 { margin: 0; font-size: 1rem; line-height: 1.5; }
p, ul, ol { margin: 0; }
ul, ol { padding: 0; list-style: none; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
code, pre, kbd { font: .875em/1.55 var(--mono); }
main:focus { outline: none; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .25rem; }
.soft, .small, footer, .title, .why, .evidence, .since, .seen, .reason, em { color: var(--soft); }
.small, footer, .since, .seen { font-size: .875rem; }
.title { font-weight: 400; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; border-radius: .5rem; background: var(--card); z-index: 1; }
.skip:focus { top: 1rem; }

.missing { --own: var(--missing); --tint: var(--missing-tint); } .unknown { --own: var(--unknown); --tint: var(--unknown-tint); }
.ready { --own: var(--ready); --tint: var(--ready-tint); } .not-applicable { --own: var(--soft); --tint: var(--none-tint); }
.shape { width: 1.15em; height: 1.15em; flex: none; vertical-align: -.2em; }
.fill { fill: var(--own); } .ink, .dash, .ring { fill: none; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.ink { stroke: var(--card); } .dash, .ring { stroke: var(--own); } .ring { stroke-width: 1.8; stroke-dasharray: 3 3; }
.state { color: var(--own); font-weight: 600; white-space: nowrap; }

.page-head { margin-bottom: 1.25rem; }
.breadcrumb, .brand { margin-bottom: .75rem; color: var(--soft); font-size: .875rem; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1rem; }
.counts a { display: flex; gap: .4rem; align-items: center; min-height: 2.5rem; padding: .25rem .9rem; border: 1px solid transparent; border-radius: 2rem; background: var(--tint, var(--none-tint)); color: var(--own, var(--link)); text-decoration: none; }
.counts b { font-size: 1.125rem; }
.counts a:hover, .counts a[aria-current] { border-color: currentcolor; }
.counts a[aria-current] { box-shadow: inset 0 0 0 1px currentcolor; }
.alarm, .note, #lost { margin-bottom: 1rem; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); }
.alarm, #lost { border-color: var(--missing); border-left-width: 5px; background: var(--missing-tint); }
.alarm ul, .note ul { margin: .3rem 0 .3rem 1.1rem; list-style: disc; }

.filter { display: none; gap: .75rem; align-items: center; margin: 1.25rem 0; position: relative; color: var(--soft); }
.js .filter { display: flex; }
input { flex: 1; min-width: 0; min-height: 2.75rem; padding: .5rem 2.75rem .5rem .9rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); color: var(--ink); font: inherit; }
input::placeholder { color: var(--soft); opacity: 1; }
.filter kbd { position: absolute; right: .8rem; padding: 0 .45rem; border: 1px solid var(--line); border-radius: .3rem; }
input:focus + kbd, input:not(:placeholder-shown) + kbd { display: none; }

.group { margin-top: 1.5rem; }
.group:not(:has(.check:not([hidden]))) { display: none; }
.group h2 { margin-bottom: .6rem; }
#others-group > summary, .explain > summary { padding: .4rem 0; color: var(--soft); font-size: .875rem; }
#others-head { display: inline-flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; max-width: calc(100% - 1.5rem); vertical-align: top; }
#others-group h2 { margin: 0; color: var(--ink); }
#others-group > .cards { margin-top: .6rem; }
.cards { display: grid; gap: .6rem; }
.card { padding: 1rem 1.15rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); box-shadow: var(--shadow); }
.check { display: grid; grid-template-columns: 9.25rem minmax(0, 1fr) auto; gap: .15rem 1rem; padding: .8rem 1.15rem; border-left: 5px solid var(--own); }
.check > * { grid-column: 2 / -1; }
.check > .state { grid-column: 1; } .check > .name { grid-column: 2; } .check > .since { grid-column: 3; }
.name a { margin-right: .35rem; }
.why { max-width: 75ch; }
.pending { color: var(--unknown); }
.body { margin-top: .35rem; }
summary { cursor: pointer; }
.body > summary { width: fit-content; color: var(--link); font-size: .875rem; }
[data-kind="unknown"] #notices { display: grid; gap: 1rem; }
[data-kind="unknown"] li { line-height: 2; }
#none { padding: 1.5rem 0; color: var(--soft); }

.explain { display: none; margin-top: 1.5rem; }
.js .explain { display: block; }
.explain h2 { display: inline; margin-right: .6rem; color: var(--ink); }
.explain form { display: grid; gap: .6rem; margin-top: .6rem; }
.explain button { justify-self: start; min-height: 2.5rem; padding: .25rem 1.2rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: inherit; font: inherit; cursor: pointer; }
.explain button:hover { border-color: var(--link); }
textarea { width: 100%; padding: .75rem .95rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--code); color: var(--ink); font: .875em/1.55 var(--mono); resize: vertical; }

.copyable { margin-top: .6rem; }
.copyable:first-child { margin-top: 0; }
.copy-head { display: flex; gap: .75rem; align-items: end; justify-content: space-between; min-height: 2rem; }
.copy-head p { font-weight: 600; font-size: .875rem; }
pre { margin: .4rem 0 0; padding: .75rem .95rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--code); white-space: pre-wrap; }
.yaml { overflow-x: auto; overflow-wrap: normal; white-space: pre; }
.copy { display: none; flex: none; min-width: 5rem; min-height: 2rem; padding: .2rem .8rem; border: 1px solid var(--line); border-radius: .45rem; background: var(--card); color: var(--ink); font: inherit; font-size: .875rem; cursor: pointer; }
.js .copy { display: block; }
.copy:hover { border-color: var(--link); color: var(--link); }
.findings > li { padding: .7rem 0; border-top: 1px solid var(--line); }
.findings > li:last-child { padding-bottom: 0; }
.copyable + .findings { margin-top: .8rem; }
.body > summary + .findings { margin-top: .4rem; }
.findings .findings { margin: .5rem 0 0 .35rem; padding-left: 1rem; border-left: 2px solid var(--line); }
.findings .findings > li:first-child { padding-top: 0; border-top: 0; }
.finding-head { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; }
.finding-head .reason { margin-left: auto; }
.need { font-weight: 600; }
.findings details { margin-top: .2rem; }
.findings summary { width: fit-content; color: var(--link); font-size: .875rem; }
.evidence { font: .8125rem/1.5 var(--mono); }

.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.columns > div { display: grid; gap: 1rem; align-content: start; grid-template-columns: minmax(0, 1fr); }
.columns section > h2 { margin-bottom: .6rem; }
#pod { margin-top: 1rem; }
#pod h2 { margin-bottom: .6rem; }
#fix > .copyable { padding: 1rem 1.15rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); box-shadow: var(--shadow); }
.verdict { display: grid; grid-template-columns: auto 1fr; gap: .1rem .8rem; align-items: baseline; margin: .9rem 0; padding: .8rem 1.1rem; border-left: 5px solid var(--own); border-radius: .6rem; background: var(--tint); }
.verdict .ink { stroke: var(--tint); }
.verdict .state { font-size: 1.125rem; }
.verdict .since, .verdict .reason { color: var(--ink); }
.verdict .message, .verdict .pending { grid-column: 1 / -1; }
.purpose { max-width: 75ch; margin-bottom: .4rem; }
.wanting > li + li, .changes > li + li, .sources > li + li { margin-top: .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
.wanting { font-size: .9375rem; }
.wanting p:first-child { display: flex; flex-wrap: wrap; gap: 0 .75rem; justify-content: space-between; }
.wanting p + p { font-size: .875rem; }
.changes p:first-child { display: flex; flex-wrap: wrap; gap: 0 .5rem; }
.changes, .sources { font-size: .9375rem; margin-bottom: .6rem; }
.sources { margin-bottom: 0; }
.way { margin-top: 1.1rem; }
.way .small { margin-top: .35rem; }
footer { margin-top: 2.5rem; }
@media (min-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr) 21rem; } }
@media (max-width: 40rem) {
  body { padding: 1rem .85rem 3rem; }
  h1 { font-size: 1.5rem; }
  .check { grid-template-columns: 1fr auto; padding: .75rem .9rem; }
  .check > * { grid-column: 1 / -1; }
  .check > .state { grid-column: 1; }
  .check > .name { grid-column: 1 / -1; }
  .check > .since { grid-column: 2; grid-row: 1; }
  .card { padding: .85rem .9rem; }
  .name .title { display: block; line-height: 1.35; }
  .filter label { display: none; }
  .filter kbd { display: none; }
  .finding-head .reason { margin-left: 0; }
  .copy, .counts a { min-height: 2.75rem; }
}
@media (prefers-reduced-motion: no-preference) { .copy, .counts a { transition: border-color .15s, color .15s; } }
@media (forced-colors: active) { .fill { fill: CanvasText; } .ink { stroke: Canvas; } .dash, .ring { stroke: CanvasText; } }
`
