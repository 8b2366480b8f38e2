/**
 * Real targets in their correct modes, run again and again under every workload: an accusation among these runs is a fault of
 * ours until it is explained. Says of each run how it ended, and keeps those that did not pass.
 *
 *     node --import tsx bench/correct-modes.ts [--runs 10] [--time 30s] [TARGET…]
 *
 * It takes hours for all of them. Run it alone on a quiet machine.
 */
import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {execa} from 'execa'
import {lookUp} from '../core/registry.ts'
import {REAL} from '../targets/index.ts'
import {ROOT} from '../tests/sources.ts'

const MEANING: Readonly<Record<number, string>> = {0: 'passed', 1: 'ACCUSED', 3: 'unknown', 4: 'no start', 5: 'slow'}
const OUTPUT = '.chaos/correct-modes'

const {values, positionals} = parseArgs({
  options: {runs: {type: 'string', default: '10'}, time: {type: 'string', default: '30s'}},
  allowPositionals: true,
})
const names = positionals.length > 0 ? positionals : Object.keys(REAL)
let accused = 0
for (const name of names) {
  const target = lookUp('target', REAL, name)
  const absent = target.absent?.()
  if (absent !== undefined) {
    console.log(`${name}: absent (${absent})`)
    continue
  }
  for (const workload of Object.keys(target.claims)) {
    const ended: Record<string, number> = {}
    for (let run = 0; run < Number(values.runs); run++) {
      const seed = `correct-${run}`
      const args = ['run', name, '-w', workload, '--time', values.time, '--seed', seed, '-o', OUTPUT]
      const {exitCode = 70, stdout} = await execa(process.execPath, [join(ROOT, 'bin/chaos.js'), ...args], {
        reject: false,
        env: {NO_COLOR: '1', CI: '1'},
      })
      const meaning = MEANING[exitCode] ?? `exit ${exitCode}`
      ended[meaning] = (ended[meaning] ?? 0) + 1
      if (exitCode === 1) accused++
      const kept = /^ +Report +(.*)\/report\.html$/m.exec(stdout)?.[1]
      if (exitCode === 0 && kept !== undefined) rmSync(kept, {recursive: true, force: true})
      else if (exitCode !== 0) console.log(`  ${name} ${workload} ${seed}: ${meaning}, ${kept ?? stdout.slice(-500)}`)
    }
    const counts = Object.entries(ended).map(([meaning, count]) => `${count} ${meaning}`)
    console.log(`${name} ${workload}: ${counts.join(', ')}`)
  }
}
process.exitCode = accused > 0 ? 1 : 0
