/**
 * Tagged values of EDN in one spelling each, as those of `edn-atoms.ts`: an instant is the same with `Z` and with `-00:00`, a UUID in
 * capitals and without, and `#:a{:b 1}` is `{:a/b 1}` (as Clojure prints maps where all keys have one namespace).
 */
import {EdnLiteral} from '../edn-literal.ts'

/** The value that a tag (without its `#`) and a form make; undefined where its text is all that is known of it. */
export function taggedOf(tag: string, form: unknown): unknown {
  if (tag.startsWith(':')) return inNamespace(tag, form)
  if (typeof form !== 'string') return undefined
  if (tag === 'uuid') return new EdnLiteral(`#uuid ${JSON.stringify(form.toLowerCase())}`)
  if (tag !== 'inst') return undefined
  const instant = instantOf(form)
  return instant === undefined ? undefined : new EdnLiteral(`#inst ${JSON.stringify(instant)}`)
}

/** A tagged text, from its own text: `#inst "2026"`; undefined where it is none that has another spelling. */
export function taggedText(text: string): unknown {
  const [, tag, form] = /^#(uuid|inst)\s*"([^"\\]*)"$/.exec(text) ?? []
  return tag === undefined ? undefined : taggedOf(tag, form)
}

/** The parts of an instant. As in Clojure, all but the year may be left out from the right. */
const INSTANT =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?(?:Z|([+-])(\d\d):(\d\d))?$/

/** An instant as Clojure prints it, in UTC and to the millisecond, with what it has beyond that. */
function instantOf(text: string): string | undefined {
  const parts = INSTANT.exec(text)
  if (parts === null) return undefined
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '', sign] = parts
  const digits = fraction.padEnd(9, '0')
  const given = `${year}-${month}-${day}T${hour}:${minute}:${second}.${digits.slice(0, 3)}Z`
  const date = new Date(given)
  // What the calendar does not have stays as it is: JavaScript would go on into the next month.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== given) return undefined
  const offsetMs = (sign === '-' ? -60_000 : 60_000) * (Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0))
  const finer = digits.slice(3).replace(/0+$/, '')
  return new Date(date.getTime() - offsetMs).toISOString().replace('Z', `${finer}-00:00`)
}

/** A map whose names are in a namespace: those that are keywords without one. `:_/b` is `:b`. */
function inNamespace(tag: string, form: unknown): unknown {
  // What `::alias` stands for only the program knew that wrote it.
  if (tag.startsWith('::') || typeof form !== 'object' || form === null || form.constructor !== Object) return undefined
  const namespace = tag.slice(1)
  const named = Object.entries(form).map(([name, value]) => {
    if (name.startsWith('_/')) return [name.slice(2), value]
    return [/^[A-Za-z*!?$%&=<>+._-][^/"[ ]*$/.test(name) ? `${namespace}/${name}` : name, value]
  })
  return Object.fromEntries(named)
}
