/** One toxic of one proxy: what was asked for. The proxy's connections each run it in a stage of their own. */
import type {Attributes, Direction, ToxicJson} from '../api.ts'
import {toxicOf} from '../toxics/index.ts'
import {noop} from '../toxics/noop.ts'
import type {Toxic} from '../toxics/toxic.ts'

let entries = 0

export class ToxicEntry {
  /** Tells it from every other there ever was on this server. */
  readonly id: number
  readonly name: string
  readonly type: string
  readonly toxic: Toxic
  readonly direction: Direction
  /** As it was spelled in the request; the real server echoes it. */
  readonly stream: string
  toxicity: number
  /** In the order the type declares. */
  attributes: Attributes

  constructor(fields: {
    name: string
    type: string
    toxic: Toxic
    stream: string
    toxicity: number
    attributes: Attributes
    id?: number
  }) {
    this.id = fields.id ?? entries++
    this.name = fields.name
    this.type = fields.type
    this.toxic = fields.toxic
    this.stream = fields.stream
    this.direction = fields.stream.toLowerCase() as Direction
    this.toxicity = fields.toxicity
    this.attributes = fields.attributes
  }

  /** The same entry in another process. */
  static fromJson(json: ToxicJson, id: number): ToxicEntry {
    return new ToxicEntry({...json, toxic: toxicOf(json.type) ?? noop, id})
  }

  toJson(): ToxicJson {
    return {
      attributes: this.attributes,
      name: this.name,
      type: this.type,
      stream: this.stream,
      toxicity: this.toxicity,
    }
  }
}
