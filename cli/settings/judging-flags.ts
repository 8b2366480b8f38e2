/** The flags that say how a saved history is to be judged, the same for every command that judges one. */
import {Flags} from '@oclif/core'

const helpGroup = 'CHECK'

export const judgingFlags = {
  checker: Flags.string({
    description: 'judge by these only, such as list-append or queue,stats (see chaos list checkers)',
    helpGroup,
  }),
  model: Flags.string({description: 'judge linearizability of this model only (see chaos list models)', helpGroup}),
  'consistency-models': Flags.string({
    description: 'what transactions must satisfy, such as serializable, or none [default: strict-serializable]',
    helpGroup,
  }),
  workload: Flags.string({char: 'w', description: 'judge it as this workload', helpGroup}),
  claim: Flags.string({description: 'judge it by this claim', helpGroup}),
  format: Flags.string({description: 'jsonl, json, edn or log [default: told by the content]', helpGroup}),
  option: Flags.string({
    description: 'name=value for the checker, such as total=100 (repeatable; see chaos list options)',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup,
  }),
  threshold: Flags.string({
    description: "such as 'ok_rate>0.95' (repeatable)",
    multiple: true,
    multipleNonGreedy: true,
    helpGroup,
  }),
  'check-timeout': Flags.string({description: 'time for each history', default: '60s', helpGroup}),
  'check-memory': Flags.string({description: 'memory for each history', default: '2GB', helpGroup}),
}
