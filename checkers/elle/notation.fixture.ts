/**
 * Histories in the notation of the domain: `ax1ry12` appends 1 to x, then reads y = [1 2]; `wx1ry2rz_` writes 1 to x, then
 * reads y = 2 and z = null. Keys are letters, elements digits. A trailing `!` is a transaction that failed, `?` one that
 * nobody knows of.
 */
import {type History, history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'

/** A transaction with its process and the moments at which it was invoked and completed. */
export type Timed = readonly [process: number, invokedAt: number, completedAt: number, text: string]

/** Everything at once: neither process nor real time orders anything. */
export function concurrent(...texts: string[]): History {
  return timed(...texts.map((text, i): Timed => [i, 0, 1, text]))
}

/** One after the other, each by a process of its own: real time orders everything, process order nothing. */
export function serial(...texts: string[]): History {
  return timed(...texts.map((text, i): Timed => [i, 2 * i, 2 * i + 1, text]))
}

/** One after the other on one process. */
export function alone(...texts: string[]): History {
  return timed(...texts.map((text, i): Timed => [0, 2 * i, 2 * i + 1, text]))
}

export function timed(...transactions: readonly Timed[]): History {
  const drafts: (Omit<Op, 'index'> & {at: number; order: number})[] = []
  transactions.forEach(([process, invokedAt, completedAt, text], order) => {
    const type = text.endsWith('!') ? 'fail' : text.endsWith('?') ? 'info' : 'ok'
    const asked = mops(text).map((mop) => (mop[0] === 'r' ? ['r', mop[1], null] : mop))
    const shared = {process, f: 'txn', order}
    drafts.push({...shared, type: 'invoke', at: invokedAt, timeNs: invokedAt, value: asked})
    drafts.push({...shared, type, at: completedAt, timeNs: completedAt, value: type === 'ok' ? mops(text) : asked})
  })
  drafts.sort((left, right) => left.at - right.at || left.order - right.order)
  return history(drafts.map(({at: _, order: __, ...op}, index) => ({index, ...op})))
}

/** The micro-operations of a transaction's text: lists where it appends or reads several, registers where it writes. */
export function mops(text: string): [string, string, unknown][] {
  const isRegister = /w|_/.test(text) || /=/.test(text)
  return [...text.matchAll(/([arw])([a-z])(=?)(\d*)_?/g)].map(([, verb, key, , digits]) => {
    if (verb === 'a') return ['append', key!, Number(digits)]
    if (verb === 'w') return ['w', key!, Number(digits)]
    if (isRegister) return ['r', key!, digits === '' ? null : Number(digits)]
    return ['r', key!, [...digits!].map(Number)]
  })
}
