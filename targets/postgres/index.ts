/**
 * `postgres`: the real one, a primary and its standbys with a failover controller of ours. See `program.ts` for how it is
 * started, `decision.ts` for when a standby takes over, `errors.ts` for what its errors mean, `settings.ts` for what
 * `--target-arg` can change and what is then claimed.
 */
import type {Target} from '../../core/target.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {FUNCTIONS} from '../sql/operations.ts'
import {bugs} from './bugs.ts'
import {absent} from './installation.ts'
import {linkWays, postgresProgram} from './program.ts'
import {CLAIMS, claimsWith, settingsOf} from './settings.ts'

export const postgres: Target = {
  name: 'postgres',
  description: 'PostgreSQL 13 or newer: a primary, a synchronous and an asynchronous standby, fenced failover',
  claims: CLAIMS,
  claimsWith,
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 3,
  minNodes: 2,
  // A node that was the primary, or cannot follow, is copied anew, which takes longer than the usual time between faults.
  defaults: {heal: '30s', interval: '8s'},
  linkWays,
  absent,
  capabilities(options) {
    const {fsync} = settingsOf(options)
    return {
      ...PROGRAM,
      ...volumeFaults(
        fsync === 'off' ? 'with fsync=off nothing of what it stores need be whole afterwards' : undefined,
      ),
      leader: true,
      membership: 'its nodes are those it was started with',
    }
  },
  start: (context) => ProgramCluster.start(postgresProgram(context.options), context),
}
