/** Reads the page's data blocks. Throws when they are not what this app was embedded with. */
import {BLOCK, PAYLOAD_FORMAT, type Payload, type PayloadLog} from '../../payload.ts'
import {unpack, unpackJson, unshuffle} from './decode.ts'
import {Table} from './table.ts'
import {Texts} from './texts.ts'

export interface Report {
  readonly payload: Payload
  readonly table: Table
  /** Unpacked when first asked for: a page opens without reading its logs. */
  logs(): Promise<readonly PayloadLog[]>
}

export async function loadReport(): Promise<Report> {
  const payload = JSON.parse(document.getElementById(BLOCK.meta)?.textContent ?? 'null') as Payload | null
  if (payload?.format !== PAYLOAD_FORMAT) throw new Error(`This page carries no ${PAYLOAD_FORMAT} data.`)
  const [bytes, texts] = await Promise.all([unpack(BLOCK.operations), unpack(BLOCK.texts)])
  const columns = unshuffle(bytes, payload.table.rows)
  const table = new Table(columns, payload.table, new Texts(texts), payload.run.concurrency ?? 0, payload.endNs)
  let logs: Promise<readonly PayloadLog[]> | undefined
  return {
    payload,
    table,
    logs: () => (logs ??= unpackJson<PayloadLog[]>(BLOCK.logs)),
  }
}
