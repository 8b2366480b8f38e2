/** A history as the browser holds it: packed as for a page, and unpacked again. */
import type {Op} from '../../../core/op.ts'
import {packColumns, packTexts} from '../../pack.ts'
import {pairLeniently, tabulate} from '../../tabulate.ts'
import {inflate, unshuffle} from './decode.ts'
import {Table} from './table.ts'
import {Texts} from './texts.ts'

export async function tableOf(ops: readonly Op[], concurrency = 0): Promise<Table> {
  const {facts, columns, texts} = tabulate(pairLeniently(ops), 2000)
  const unpacked = await unshuffle(await inflate(packColumns(columns)), facts.rows)
  return Table.of(unpacked, facts, new Texts(await inflate(packTexts(texts))), concurrency, ops.at(-1)?.timeNs ?? 0)
}
