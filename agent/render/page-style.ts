export const pageStyle = `
:root { --text: #1c2128; --faint: #57606a; --line: #d0d7de; --back: #fff; --block: #f6f8fa; --missing: #b3261e; --unknown: #8a5a00; --ready: #1a7f37; --none: #57606a }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --faint: #9aa4af; --line: #3d444d; --back: #0d1117; --block: #161b22; --missing: #ff7b72; --unknown: #e3b341; --ready: #56d364; --none: #9aa4af }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back) }
h1 { margin: 0; font-size: 1.5rem; overflow-wrap: anywhere }
.host, .title, .since, .why, footer, small { color: var(--faint) }
.host, .counts { margin: .2rem 0 }
.counts .state { margin-right: .8rem }
header { margin-bottom: 1rem }
label { display: block; margin-top: .6rem }
input { font: inherit; width: 100%; padding: .4rem .6rem; color: inherit; background: var(--block); border: 1px solid var(--line); border-radius: 6px }
.check { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; padding: .5rem .8rem }
.check[hidden] { display: none }
summary { cursor: pointer; overflow-wrap: anywhere }
.message { display: block; margin-left: 1.2rem }
.state { font-weight: 600; white-space: nowrap }
.missing { color: var(--missing) } .unknown { color: var(--unknown) } .ready { color: var(--ready) } .not-applicable { color: var(--none) }
.why, .since { margin: .4rem 0 }
.fix { display: flex; gap: .5rem; align-items: start; margin: .5rem 0 }
pre { flex: 1; margin: 0; padding: .6rem .8rem; background: var(--block); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; font-size: .9rem }
button { font: inherit; padding: .35rem .8rem; color: inherit; background: var(--block); border: 1px solid var(--line); border-radius: 6px; cursor: pointer }
ul { margin: .4rem 0; padding-left: 1.2rem }
li { margin: .3rem 0; overflow-wrap: anywhere }
#alarm { position: sticky; top: 0; margin: 0 0 1rem; padding: .6rem .8rem; font-weight: 600; color: #fff; background: #b3261e; border-radius: 6px }
#alarm[hidden] { display: none }
footer { margin-top: 1.5rem; font-size: .9rem }
a { color: inherit }
`
