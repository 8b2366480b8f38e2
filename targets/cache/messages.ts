/** What servers, the store and the shared cache tell each other. `id` makes an answer recognisable. */
import type {Json} from '../../core/node.ts'
import type {Versioned} from './entries.ts'

export type CacheMessage =
  | {readonly type: 'store-read'; readonly id: number; readonly key: string}
  | {readonly type: 'store-write'; readonly id: number; readonly key: string; readonly value: Json}
  | {readonly type: 'stored'; readonly id: number; readonly found: Versioned}
  | {readonly type: 'cache-get'; readonly id: number; readonly key: string}
  /** `asOfMs`, by the cache's clock, comes back with what is put. */
  | {readonly type: 'cached'; readonly id: number; readonly found: Versioned | null; readonly asOfMs: number}
  | {readonly type: 'cache-put'; readonly key: string; readonly found: Versioned; readonly asOfMs: number}
  | {readonly type: 'cache-delete'; readonly id: number; readonly key: string; readonly version: number}
  | {readonly type: 'deleted'; readonly id: number}
