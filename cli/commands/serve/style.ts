/** How the page of `chaos serve` looks: the palette of Okabe and Ito, in light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --good: #007a55; --bad: #c03d00; --unsure: #8a6100; --line: #8886; --dim: #667; }
@media (prefers-color-scheme: dark) { :root { --good: #35c79a; --bad: #ff8552; --unsure: #e6b422; --dim: #99a; } }
* { box-sizing: border-box; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1rem auto; max-width: 1500px; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h1 small, figcaption small { color: var(--dim); font-weight: normal; }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: 0 0 1rem; }
label { display: grid; font-size: .8rem; color: var(--dim); } input, select, button { font: inherit; padding: .25rem .5rem; max-width: 100%; }
#trends { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 500px), 1fr)); gap: .75rem; margin-bottom: 1rem; }
figure { margin: 0; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
svg { display: block; max-width: 100%; height: auto; } svg .valid { fill: var(--good); } svg .unknown { fill: none; stroke: var(--unsure); stroke-width: 2; }
svg .invalid { stroke: var(--bad); stroke-width: 2.5; fill: none; } polyline { fill: none; stroke: var(--dim); stroke-width: 1.5; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .6rem; border-top: 1px solid var(--line); vertical-align: top; }
th { font-size: .8rem; color: var(--dim); border: 0; } td:first-child, td:nth-child(5) { white-space: nowrap; }
td:first-child, td:first-child a { font-weight: 600; } td.valid, td.valid a { color: var(--good); }
td.invalid, td.invalid a { color: var(--bad); } td.unknown, td.unknown a, td.interrupted a, td.ended-early a { color: var(--unsure); }
@media (max-width: 960px) {
  #runs, #runs tbody, #runs tr, #runs td { display: block; } #runs thead, #runs .empty { display: none; }
  #runs tr { padding: .5rem 0; border-top: 1px solid var(--line); }
  #runs td { position: relative; border: 0; padding: .15rem 0 .15rem 8.5rem; white-space: normal; overflow-wrap: anywhere; }
  #runs td[data-name]::before { content: attr(data-name); position: absolute; left: 0; color: var(--dim); font-weight: normal; font-size: .85em; }
}
em { color: var(--dim); } code { font-family: ui-monospace, monospace; }
`
