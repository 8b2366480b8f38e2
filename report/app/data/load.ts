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
  // Each as soon as it is there, so that the page never stands still for both at once.
  const [columns, texts] = await Promise.all([
    unpack(BLOCK.operations).then((bytes) => unshuffle(bytes, payload.table.rows)),
    unpack(BLOCK.texts).then((bytes) => new Texts(bytes)),
  ])
  const table = new Table(columns, payload.table, texts, payload.run.concurrency ?? 0, payload.endNs)
  let logs: Promise<readonly PayloadLog[]> | undefined
  return {
    payload,
    table,
    logs: () => (logs ??= unpackJson<PayloadLog[]>(BLOCK.logs)),
  }
}
