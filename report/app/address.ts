/**
 * Deep links: `#op=4130`, `#tab=logs&node=n1&at=4.397`, `#tab=timeline&from=11.9&to=12.6&case=2`. What is shown is kept in
 * the address, so that a copied link shows the same thing to somebody else who has the file. Times are seconds.
 */
import {effect} from '@preact/signals'
import type {Store, Tab} from './store.ts'

/** Applies the address, follows later changes of it, and keeps it up to date. */
export function bindAddress(store: Store): void {
  let written = location.hash
  apply(store, written)
  addEventListener('hashchange', () => {
    if (location.hash === written) return
    written = location.hash
    apply(store, written)
  })
  effect(() => {
    const hash = describe(store)
    if (hash === written || (hash === '' && written === '')) return
    written = hash
    try {
      history.replaceState(null, '', hash === '' ? location.pathname + location.search : hash)
    } catch {
      // Some embedders forbid it (sandboxed frames); the page works without.
    }
  })
}

/** The address of one operation. */
export function linkTo(index: number): string {
  return `${location.href.replace(/#.*$/, '')}#op=${index}`
}

function apply(store: Store, hash: string): void {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  const tab = fields.get('tab')
  const at = Number(fields.get('case') ?? Number.NaN) - 1
  store.showCase(at)
  const index = /^\d+$/.exec(fields.get('op') ?? '')
  if (index !== null) showOp(store, Number(index[0]))
  const atS = Number(fields.get('at') ?? Number.NaN)
  store.logAt.value = atS >= 0 ? {ns: atS * 1e9, node: fields.get('node') ?? '', text: 'this moment'} : undefined
  if ((store.tabs as readonly (string | null)[]).includes(tab)) store.tab.value = tab as Tab
  const [fromS, toS] = [Number(fields.get('from') ?? Number.NaN), Number(fields.get('to') ?? Number.NaN)]
  if (toS > fromS) store.look({fromNs: fromS * 1e9, toNs: toS * 1e9})
}

/** An operation that is evidence is shown with the argument, any other in the timeline. */
function showOp(store: Store, index: number): void {
  const {table} = store.report
  const row = table.rowOf(index)
  if (row === undefined) return
  const ends = [table.index[row], table.completion(row)]
  const at = store.cases.findIndex((each) => each.indices.some((one) => ends.includes(one)))
  if (at >= 0) store.showCase(at)
  else {
    store.tab.value = 'timeline'
    store.lookAt([row])
  }
  store.select(row)
}

function describe(store: Store): string {
  const fields: string[] = []
  const selection = store.selection.value
  const {fromNs, toNs} = store.view.value
  if (store.tab.value !== store.firstTab) fields.push(`tab=${store.tab.value}`)
  if (store.caseAt.value > 0) fields.push(`case=${store.caseAt.value + 1}`)
  if (selection?.kind === 'op') fields.push(`op=${store.report.table.index[selection.row]}`)
  const asked = store.logAt.value
  if (store.tab.value === 'logs' && asked !== undefined) fields.push(`node=${asked.node}`, `at=${seconds(asked.ns)}`)
  if (fromNs > store.full.fromNs || toNs < store.full.toNs) {
    fields.push(`from=${seconds(fromNs)}`, `to=${seconds(toNs)}`)
  }
  return fields.length === 0 ? '' : `#${fields.join('&')}`
}

function seconds(ns: number): string {
  return String(Math.round(ns / 1e3) / 1e6)
}
