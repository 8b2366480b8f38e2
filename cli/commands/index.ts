/** Every command, by name. Each file imports what it needs only when it runs, so that starting stays quick. */
import type {Command} from '@oclif/core'
import Check from './check/check.ts'
import Ci from './ci/ci.ts'
import Convert from './convert/convert.ts'
import Doctor from './doctor/doctor.ts'
import Explain from './explain/explain.ts'
import Init from './init/init.ts'
import List from './list/list.ts'
import ProxyServer from './proxy.ts'
import Report from './report.ts'
import Run from './run.ts'

export const COMMANDS: Readonly<Record<string, Command.Class>> = {
  run: Run,
  check: Check,
  convert: Convert,
  report: Report,
  list: List,
  explain: Explain,
  doctor: Doctor,
  proxy: ProxyServer,
  init: Init,
  ci: Ci,
}
