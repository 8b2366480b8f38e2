/** Every history format that can be read. Adding one is one file and one line here. */

export {EdnLiteral, jsonOf} from './json-wrap.ts'
export {HISTORY_FORMAT, JsonlReader, parseHistory, writeHeader, writeOp} from './jsonl.ts'
export {malformed, type Place} from './malformed.ts'
export {
  type Bytes,
  type Chunks,
  type OpReader,
  type ParsedHistory,
  piecesOf,
  readAll,
  readBatches,
  type Source,
  type Torn,
} from './reader.ts'
