/**
 * Operations as Jepsen prints them: `history.txt` (`process ⇥ :type ⇥ :f ⇥ value ⇥ error`) and the console log, old and new,
 * which has the same behind a prefix (`INFO  jepsen.util - 0 ⇥ :invoke ⇥ :read ⇥ nil`). Porcupine's etcd logs are such. Other
 * lines of a log are skipped. There are no times: ops are timed by their place.
 *
 * A last line without a line break may have lost any part of its value (`12` of `123`), so it is left out, and that is said.
 */
import type {Op} from '../op.ts'
import {withVerbs} from './edn.ts'
import {EdnError} from './edn-bytes.ts'
import {ednBytes} from './edn-text.ts'
import {malformed} from './malformed.ts'
import {FieldError, OpFields} from './op-fields.ts'
import {Pairing} from './pairing.ts'
import type {OpReader, Source, Torn} from './reader.ts'

const OP = /^(?:.*?\s)?(\d+|:[\w-]+)\t(:invoke|:ok|:fail|:info)\t(:\S+)(?:\t([^\t]*))?(?:\t(.*))?$/
/** Something that means to be an op: its type is one, or it looks like an op from the first column on. */
const OP_LIKE = /\t:(invoke|ok|fail|info)(\t|$)|^(\d+|:[\w-]+)\t:/

/** The push parser of Jepsen's text logs. */
export class JepsenLogReader implements OpReader {
  readonly meta = {}
  torn: Torn | undefined
  readonly #file: string
  readonly #fields = new OpFields(new Pairing())
  readonly #edn = ednBytes()
  #rest: Buffer = Buffer.alloc(0)
  #line = 0

  constructor(source: Source) {
    this.#file = source.file
  }

  push(bytes: Uint8Array): Op[] {
    const joined = Buffer.concat([this.#rest, bytes])
    const end = joined.lastIndexOf(0x0a) + 1
    this.#rest = joined.subarray(end)
    return end === 0 ? [] : this.#lines(joined.toString('utf8', 0, end - 1))
  }

  end(): Op[] {
    const rest = this.#rest.toString('utf8')
    this.#rest = Buffer.alloc(0)
    if (rest.trim() !== '') this.torn = {line: this.#line + 1, text: rest}
    return []
  }

  #lines(text: string): Op[] {
    const ops: Op[] = []
    for (const ended of text.split('\n')) {
      this.#line++
      const line = ended.replace(/\r$/, '')
      const match = OP.exec(line)
      if (match !== null) ops.push(this.#op(line, match))
      else if (OP_LIKE.test(line)) {
        throw malformed(
          {file: this.#file, line: this.#line, column: 1, text: line},
          'this op is cut short or garbled',
          ['Expected: process, type, function, value and perhaps an error, with a tab between them.'],
        )
      }
    }
    return ops
  }

  #op(line: string, match: RegExpExecArray): Op {
    const [, process, type, f, value = 'nil', error = ''] = match as unknown as [string, string, string, string]
    const fields: Record<string, unknown> = {type, f}
    try {
      fields['process'] = /^\d/.test(process) ? Number(process) : process
      fields['value'] = this.#form(value)
      if (error.trim() !== '') fields['error'] = this.#form(error)
      // An outcome that only says why it is unknown: `:info :write :timed-out`.
      if (type !== ':invoke' && /^:[a-z]/.test(value) && fields['error'] === undefined && /^\d/.test(process)) {
        fields['error'] = fields['value']
        fields['value'] = null
      }
      fields['value'] = withVerbs(fields['value'])
      return this.#fields.op(fields, this.#line)
    } catch (failure) {
      if (!(failure instanceof EdnError) && !(failure instanceof FieldError)) throw failure
      const column = failure instanceof EdnError ? line.lastIndexOf(value) + 1 : 1
      const hints = failure instanceof FieldError ? failure.hints : []
      throw malformed({file: this.#file, line: this.#line, column, text: line}, failure.message, hints)
    }
  }

  #form(text: string): unknown {
    this.#edn.reset(Buffer.from(text.trim() === '' ? 'nil' : text))
    return this.#edn.value()
  }
}
