/** What every node logged while an operation ran, and 50 ms either side. */
import {useEffect, useState} from 'preact/hooks'
import {moment} from '../data/time.ts'
import type {Store} from '../store.ts'

const MARGIN_NS = 50e6
const LIMIT = 14

interface Line {
  readonly node: string
  readonly timeNs: number
  readonly text: string
}

export function NearbyLogs({store, row}: {readonly store: Store; readonly row: number}) {
  const [lines, setLines] = useState<readonly Line[]>([])
  const {table} = store.report
  const fromNs = table.startNs[row]! - MARGIN_NS
  const toNs = (table.outcome(row) === 2 ? table.startNs[row]! : table.endNs[row]!) + MARGIN_NS
  useEffect(() => {
    let wanted = true
    const show = async () => {
      const logs = await store.report.logs()
      if (!wanted) return
      const near = logs.flatMap(({node, lines}) =>
        lines.flatMap(([timeNs, text]) =>
          timeNs !== null && text !== '' && timeNs >= fromNs && timeNs <= toNs ? [{node, timeNs, text}] : [],
        ),
      )
      setLines(near.sort((left, right) => left.timeNs - right.timeNs))
    }
    void show()
    return () => {
      wanted = false
    }
  }, [store, fromNs, toNs])
  if (lines.length === 0) return null
  return (
    <section>
      <h3>Logs ±50 ms</h3>
      <ul class="nearby">
        {lines.slice(0, LIMIT).map((line, at) => (
          <li key={at}>
            <span class="dim">{moment(line.timeNs)}</span> <b>{line.node}</b> {line.text}
          </li>
        ))}
      </ul>
      {lines.length > LIMIT && <p class="dim">and {lines.length - LIMIT} more in the Logs tab</p>}
    </section>
  )
}
