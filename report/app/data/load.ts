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

/** Everything but the operations and the logs. */
export function readPayload(): Payload {
  const payload = JSON.parse(document.getElementById(BLOCK.meta)?.textContent ?? 'null') as Payload | null
  if (payload?.format !== PAYLOAD_FORMAT) throw new Error(`This page carries no ${PAYLOAD_FORMAT} data.`)
  return payload
}

/** Waits until the whole page has arrived. */
export async function loadReport(payload: Payload): Promise<Report> {
  if (document.readyState === 'loading') {
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, {once: true}))
  }
  // Each as soon as it is there, so that the page never stands still for both at once.
  const [columns, texts] = await Promise.all([
    unpack(BLOCK.operations).then((bytes) => unshuffle(bytes, payload.table.rows)),
    unpack(BLOCK.texts).then((bytes) => new Texts(bytes)),
  ])
  const table = await Table.of(columns, payload.table, texts, payload.run.concurrency ?? 0, payload.endNs)
  let logs: Promise<readonly PayloadLog[]> | undefined
  return {
    payload,
    table,
    logs: () => (logs ??= unpackJson<PayloadLog[]>(BLOCK.logs)),
  }
}
