/**
 * The workloads' operations in SQL. Values are JSON text under a key; a list is one text, its elements one after another,
 * so that a read shows the order of all appends; a balance that nobody has touched has no row.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {OPENING_BALANCE} from '../../core/workload.ts'
import {type Dialect, type Row, type SqlSession, transaction} from './session.ts'

type Operations = Client['operations']
type Micro = readonly [f: string, key: unknown, value: unknown]

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = ['read', 'write', 'txn', 'transfer']

/** Who does the asking: a session for reading alone, and one that may change things. Both throw NotDone where there is none. */
export interface Sessions {
  toRead(): Promise<SqlSession>
  toWrite(): Promise<SqlSession>
}

export function operationsOf(workload: string | undefined, sessions: Sessions, dialect: Dialect): Operations {
  if (workload === 'append' || workload === 'rw-register') return transactions(sessions, dialect, workload)
  return workload === 'bank' ? bank(sessions, dialect) : registers(sessions, dialect)
}

function registers(sessions: Sessions, dialect: Dialect): Operations {
  return {
    async read({key, signal}) {
      const rows = await (await sessions.toRead()).alone(dialect.read, [`register/${key}`], signal)
      return valueIn(rows) ?? null
    },
    async write({key, value, signal}) {
      await (await sessions.toWrite()).alone(dialect.write, [`register/${key}`, JSON.stringify(value)], signal)
    },
  }
}

function transactions(sessions: Sessions, dialect: Dialect, workload: 'append' | 'rw-register'): Operations {
  const parse = workload === 'append' ? elementsIn : (rows: readonly Row[]) => valueIn(rows) ?? null
  return {
    async txn({value, signal}) {
      const micro = value as readonly Micro[]
      const session = await (micro.some(([f]) => f !== 'r') ? sessions.toWrite() : sessions.toRead())
      return transaction(session, dialect, signal, async () => {
        const results: Micro[] = []
        for (const [f, key, argument] of micro) {
          const name = `${workload}/${key}`
          if (f === 'r') results.push([f, key, parse(await session.query(dialect.read, [name], signal))])
          else {
            const text = f === 'append' ? `${JSON.stringify(argument)},` : JSON.stringify(argument)
            await session.query(f === 'append' ? dialect.append : dialect.write, [name, text], signal)
            results.push([f, key, argument])
          }
        }
        return results
      })
    },
  }
}

function bank(sessions: Sessions, dialect: Dialect): Operations {
  const balancesIn = (rows: readonly Row[]) => {
    const found = new Map(rows.map(({k, v}) => [k, Number(v)]))
    return (account: string) => found.get(nameOf(account)) ?? OPENING_BALANCE
  }
  return {
    async read({value, signal}: Request) {
      const accounts = value as readonly string[]
      const session = await sessions.toRead()
      return transaction(session, dialect, signal, async () => {
        const balance = balancesIn(await session.query(...dialect.readMany(accounts.map(nameOf)), signal))
        return Object.fromEntries(accounts.map((account) => [account, balance(account)]))
      })
    },
    async transfer({value, signal}: Request) {
      const {from, to, amount} = value as {from: string; to: string; amount: number}
      const session = await sessions.toWrite()
      await transaction(session, dialect, signal, async () => {
        const balance = balancesIn(await rowsToChange(session, dialect, [from, to].map(nameOf), signal))
        if (balance(from) < amount) throw new NotDone('insufficient funds')
        await session.query(dialect.write, [nameOf(from), String(balance(from) - amount)], signal)
        await session.query(dialect.write, [nameOf(to), String(balance(to) + amount)], signal)
      })
    },
  }
}

const nameOf = (account: string): string => `bank/${account}`

/** What new balances are computed from: a transfer whose balances change before it writes would undo somebody else's. */
async function rowsToChange(session: SqlSession, dialect: Dialect, names: readonly string[], signal: AbortSignal) {
  const {locking} = dialect
  if (locking === undefined) return session.query(...dialect.readMany(names), signal)
  const rows = await session.query(...locking.readMany(names), signal)
  if (rows.length === names.length) return rows
  // In one order for all, as they are locked: else two wait for each other.
  for (const name of names.toSorted()) await session.query(locking.makeMissing, [name, String(OPENING_BALANCE)], signal)
  return session.query(...locking.readMany(names), signal)
}

/** What is in the one row; undefined where there is none. */
function valueIn([row]: readonly Row[]): unknown {
  return row === undefined ? undefined : JSON.parse(String(row['v']))
}

/** The elements of a list, each followed by a comma. */
function elementsIn([row]: readonly Row[]): unknown[] {
  return row === undefined ? [] : JSON.parse(`[${String(row['v']).slice(0, -1)}]`)
}
