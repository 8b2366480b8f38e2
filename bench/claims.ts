/**
 * Tests the claims that articles make about these designs, and writes docs/claims.md: one row a claim, with the command that
 * shows it and what was measured. A claim that cannot be measured on this machine keeps its earlier row.
 *
 *     nice -n 10 node --import tsx bench/claims.ts            all
 *     nice -n 10 node --import tsx bench/claims.ts Redis      those that have this word; the others keep their rows
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {messageOf} from '../core/error.ts'
import {type Claim, NotHere} from './claims/claim.ts'
import {consensusClaims} from './claims/consensus.ts'
import {storeClaims} from './claims/stores.ts'
import {transactionClaims} from './claims/transactions.ts'

const PAGE = 'docs/claims.md'
const words = process.argv.slice(2)
const CLAIMS: readonly Claim[] = [...consensusClaims, ...storeClaims, ...transactionClaims]

async function rowOf({claim, said, command, measure}: Claim): Promise<string> {
  try {
    if (words.length > 0 && !words.some((word) => claim.includes(word))) return earlier(claim)
    const {verdict, measured} = await measure()
    const cells = [
      claim,
      said,
      verdict,
      measured,
      command
        .split('; ')
        .map((line) => `\`${line}\``)
        .join('<br>'),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  } catch (error) {
    if (!(error instanceof NotHere)) throw error
    process.stderr.write(`${claim}: not measured here, ${messageOf(error)}\n`)
    return earlier(claim)
  }
}

function earlier(claim: string): string {
  const lines = existsSync(PAGE) ? readFileSync(PAGE, 'utf8').split('\n') : []
  return lines.find((line) => line.startsWith(`| ${claim} |`)) ?? `| ${claim} | | not measured | | |`
}

const rows: string[] = []
for (const claim of CLAIMS) {
  rows.push(await rowOf(claim))
  process.stderr.write(`${rows.at(-1)}\n`)
}
writeFileSync(
  PAGE,
  [
    '# Claims, tested',
    '',
    '<!-- Generated: nice -n 10 node --import tsx bench/claims.ts -->',
    '',
    'What articles say of these designs, and what the harness measures. Every row has the command that shows the same; seeds',
    `make the simulated ones repeatable. Measured ${new Date().toISOString().slice(0, 10)}.`,
    '',
    '| claim | said by | verdict | measured | command |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n'),
)
