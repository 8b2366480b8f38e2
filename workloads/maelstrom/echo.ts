/** Echo: a text goes to a node and is to come back. */
import {echo as echoChecker} from '../../checkers/invariants/echo.ts'
import {unfold} from '../../core/generators.ts'
import type {Workload} from '../../core/workload.ts'

export const echo: Workload = {
  name: 'echo',
  description: 'sends texts that are to come back (Maelstrom)',
  requires: ['echo'],
  claims: ['linearizable'],
  generator: () => unfold(null, (_, {random}) => [{f: 'echo', value: `Please echo ${random.int(128)}`}, null]),
  checkers: () => [echoChecker()],
}
