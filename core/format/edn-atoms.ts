/**
 * Atoms of EDN in one spelling each, so that what Clojure holds equal is one value here: `2/4` is `1/2`, `\u0061` is `\a`,
 * `1.50M` is `1.5M`, `0x1f` is 31.
 */
import {EdnLiteral} from '../edn-literal.ts'
import {wholeNumber} from './whole-number.ts'

/** The number that a word stands for; undefined where it is none. */
export function numberOf(text: string): unknown {
  if (/^[+-]?(0|[1-9]\d*)N?$/.test(text)) return wholeNumber(text.replace(/^\+/, '').replace(/N$/, ''))
  if (/^[+-]?(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?$/.test(text)) return Number(text)
  const hex = /^([+-]?)(0[xX][0-9a-fA-F]+)N?$/.exec(text)
  if (hex !== null) return wholeNumber(`${BigInt(hex[2] as string) * (hex[1] === '-' ? -1n : 1n)}`)
  const ratio = /^([+-]?\d+)\/(\d+)$/.exec(text)
  if (ratio !== null) return ratioOf(text, BigInt(ratio[1] as string), BigInt(ratio[2] as string))
  const decimal = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?M$/.exec(text)
  if (decimal === null) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = decimal
  return decimalOf(sign === '-', `${whole}${fraction}`, Number(power) - fraction.length)
}

function ratioOf(text: string, over: bigint, under: bigint): unknown {
  if (under === 0n) return new EdnLiteral(text)
  let [a, b] = [over < 0n ? -over : over, under]
  while (b !== 0n) [a, b] = [b, a % b]
  return under === a ? wholeNumber(`${over / a}`) : new EdnLiteral(`${over / a}/${under / a}`)
}

/** Powers of ten up to which an exact decimal is written without an exponent. */
const PLAIN = 20

/** `digits` times ten to a power, without zeros that say nothing. */
function decimalOf(negative: boolean, digits: string, power: number): EdnLiteral {
  const all = digits.replace(/^0+/, '')
  const kept = all.replace(/0+$/, '')
  if (kept === '') return new EdnLiteral('0M')
  const shift = power + all.length - kept.length
  const sign = negative ? '-' : ''
  if (shift >= 0 && shift <= PLAIN) return new EdnLiteral(`${sign}${kept}${'0'.repeat(shift)}M`)
  if (shift > PLAIN || shift < -PLAIN) return new EdnLiteral(`${sign}${kept}E${shift}M`)
  const padded = kept.padStart(1 - shift, '0')
  return new EdnLiteral(`${sign}${padded.slice(0, shift)}.${padded.slice(shift)}M`)
}

const NAMED: Readonly<Record<string, string>> = {
  '\n': 'newline',
  '\r': 'return',
  ' ': 'space',
  '\t': 'tab',
  '\b': 'backspace',
  '\f': 'formfeed',
}

/** A character from its text, backslash included. */
export function characterOf(text: string): EdnLiteral {
  const code = /^\\u([0-9a-fA-F]{4})$/.exec(text)?.[1]
  const octal = /^\\o([0-3]?[0-7]{1,2})$/.exec(text)?.[1]
  if (code === undefined && octal === undefined) return new EdnLiteral(text)
  const number = code === undefined ? Number.parseInt(octal as string, 8) : Number.parseInt(code, 16)
  const character = String.fromCharCode(number)
  const name = NAMED[character]
  if (name !== undefined) return new EdnLiteral(`\\${name}`)
  const prints = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
  return new EdnLiteral(prints ? `\\${character}` : `\\u${number.toString(16).padStart(4, '0')}`)
}
