/**
 * Several registers read and written together, atomically: `read` answers a map, `write` takes one, and `txn` is a list of
 * micro-operations `[f, key, value]` with f `r` or `w` (`read`, `write`). Registers that were never written hold null.
 * Knossos' `multi-register`.
 */
import {UsageError} from '../../../core/error.ts'
import {keyName, keyNamed} from '../../../core/format/edn-text.ts'
import {isMap, showValue} from '../../../core/value.ts'
import {canonical, describeValue} from '../canonical.ts'
import type {Call, Model} from '../model.ts'

type Registers = Readonly<Record<string, unknown>>
type Mop = readonly [f: string, key: unknown, value: unknown]

/** A keyword and the name of a field are one register: `[:r :x nil]` reads what `{:x 1}` wrote. */
const nameOf = (key: unknown): string => {
  const name = typeof key === 'string' ? key : keyName(key)
  // `:a` and `"9"` of EDN are the names a and 9 of a map; JSON has nothing else.
  return name.startsWith('"') && name.endsWith('"') ? String(keyNamed(name)) : name.replace(/^:/, '')
}

function transactionOf(value: unknown): readonly Mop[] {
  const fits = Array.isArray(value) && value.every((mop) => Array.isArray(mop) && typeof mop[0] === 'string')
  if (fits) return value as unknown as readonly Mop[]
  throw new UsageError(`this is no transaction of registers: ${showValue(value)}`, [
    'The value of a transaction is a list such as [["read", "x", null], ["write", "y", 1]].',
  ])
}

function mopsOf(call: Call): readonly Mop[] {
  if (call.f === 'txn') return transactionOf((call.outcome === 'ok' ? call.output : null) ?? call.input ?? [])
  const map = (call.f === 'read' ? call.output : call.input) ?? {}
  return Object.entries(isMap(map) ? map : {}).map(([key, value]) => [call.f, key, value])
}

export const multiRegister: Model<Registers> = {
  name: 'multi-register',
  description: 'read and write several values at once',
  functions: ['read', 'write', 'txn'],
  reads: ['read'],
  pure: (call) => call.f === 'txn' && mopsOf(call).every(([f]) => f.startsWith('r')),
  init: {},
  step(registers, call) {
    let next: Record<string, unknown> | undefined
    for (const [f, key, value] of mopsOf(call)) {
      const name = nameOf(key)
      const held = (next ?? registers)[name] ?? null
      if (f.startsWith('r')) {
        if (call.outcome === 'ok' && canonical(held) !== canonical(value)) return undefined
      } else next = {...(next ?? registers), [name]: value}
    }
    return next ?? registers
  },
  describe: describeValue,
}
