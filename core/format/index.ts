/** Histories as text: readers, writers and the formats by name. See `formats.ts` for the list. */

export {EdnLiteral} from '../edn-literal.ts'
export {EdnReader, writeEdnOp} from './edn.ts'
export {ednOf} from './edn-text.ts'
export {ElleJsonReader, writeElleJsonOp} from './elle-json.ts'
export {
  AnyReader,
  detectFormat,
  FORMATS,
  type FormatName,
  type HistoryFormat,
  type HistoryWriter,
  parseHistory,
  parseOps,
  type ReadOptions,
  readHistory,
  writeHistory,
} from './formats.ts'
export {IndependenceWatch, liftKey, liftKeys, looksIndependent, lowerKeys} from './independent.ts'
export {JepsenLogReader} from './jepsen-log.ts'
export {jsonOf} from './json-wrap.ts'
export {HISTORY_FORMAT, JsonlReader, writeHeader, writeOp} from './jsonl.ts'
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
