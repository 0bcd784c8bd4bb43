/** The page's style. Colours are chosen for a contrast of at least 4.5 to 1 in both schemes. */
export const style = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #1c2128; --soft: #57606a; --line: #d5dae0; --code: #eef1f4; --link: #1f5fa8;
  --missing: #b3261e; --unknown: #8a5a00; --ready: #1a7038; --alarm: #fde8e6; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --card: #1d2126; --ink: #e4e8ec; --soft: #a0a9b4; --line: #363d46; --code: #12151a; --link: #83b7f2;
  --missing: #ff8a80; --unknown: #edb84e; --ready: #6cc98a; --alarm: #47201d; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 62rem; padding: 1.25rem 1rem 3rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.2; }
p { margin: 0; }
a { color: var(--link); }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
time, .small, footer, .title, .why, .evidence, #summary p { color: var(--soft); }
time, .small, footer { font-size: .875rem; }
.missing { --own: var(--missing); } .unknown { --own: var(--unknown); } .ready { --own: var(--ready); } .not-applicable { --own: var(--soft); }
.shape { width: 1.1em; height: 1.1em; vertical-align: -.2em; }
.fill { fill: var(--own); } .ink, .dash, .ring { fill: none; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.ink { stroke: var(--card); } .dash, .ring { stroke: var(--own); } .ring { stroke-width: 1.8; stroke-dasharray: 3 3; }
.counts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .75rem 0 .25rem; padding: 0; list-style: none; }
.counts li, .state { color: var(--own); white-space: nowrap; }
.state { font-weight: 600; }
.alarm, .note, #lost { margin-top: 1rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
.alarm, #lost { border: 2px solid var(--missing); background: var(--alarm); font-weight: 500; }
main { margin-top: 1.25rem; }
.filter { display: none; gap: .75rem; align-items: center; margin-bottom: 1rem; color: var(--soft); }
.js .filter { display: flex; }
input { flex: 1; min-width: 0; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: inherit; font: inherit; }
.check { margin-bottom: .6rem; border: 1px solid var(--line); border-left: 4px solid var(--own); border-radius: .5rem; background: var(--card); }
.check > summary { display: grid; grid-template-columns: 9.5rem 1fr auto; gap: .1rem .75rem; padding: .7rem 1rem; cursor: pointer; list-style: none; }
.check > summary::-webkit-details-marker { display: none; }
.check > summary time::after { content: '\\203a'; display: inline-block; width: 1em; text-align: center; font-size: 1.2em; line-height: 1; transition: rotate .15s; }
.check[open] > summary time::after { rotate: 90deg; }
.check:hover { border-color: var(--own); }
.message { grid-column: 2 / -1; }
.seen { grid-column: 2 / -1; color: var(--soft); font-size: .875rem; }
.reason { color: var(--soft); }
.body { padding: 0 1rem .9rem; display: grid; gap: .7rem; }
.body .why { max-width: 75ch; }
.pending { color: var(--unknown); }
.fix { position: relative; }
.fix p { font-weight: 600; font-size: .875rem; }
pre { margin: .3rem 0 0; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--code); white-space: pre-wrap; }
.copy { display: none; position: absolute; min-width: 4.5rem; right: 0; top: -.4rem; padding: .25rem .7rem; border: 1px solid var(--line); border-radius: .35rem; background: var(--card); color: inherit; font: inherit; font-size: .8rem; cursor: pointer; }
.js .copy { display: block; }
.copy:hover { border-color: var(--link); }
.findings { margin: 0; padding: 0; list-style: none; }
.findings li { padding: .55rem 0; border-top: 1px solid var(--line); }
.findings .findings { margin: .4rem 0 0 1.25rem; }
.evidence { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.need { font-weight: 600; }
em { color: var(--soft); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
#others > summary { padding: .7rem 0; color: var(--soft); cursor: pointer; }
#others > summary b { color: var(--ink); }
#none { padding: 1rem; color: var(--soft); }
footer { margin-top: 2rem; }
@media (max-width: 40rem) {
  .check > summary { grid-template-columns: 1fr auto; padding: .7rem .8rem; }
  .name, .message, .seen { grid-column: 1 / -1; }
  summary time { grid-column: 2; grid-row: 1; }
  .body { padding: 0 .8rem .8rem; }
  .title { display: block; }
}
`
