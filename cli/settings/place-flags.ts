/** The flag of the commands that take runs by name. By itself, so that to show their help nothing else has to be loaded. */
import {Flags} from '@oclif/core'

export const placeFlags = {
  runs: Flags.string({
    description: 'where run directories are [default: .chaos/runs here or in a directory above]',
    helpGroup: 'CONFIG',
    helpValue: '<directory>',
  }),
}
