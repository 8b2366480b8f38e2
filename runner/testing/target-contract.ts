/** What every target has to keep before it is started: claims that can be judged, and functions that its workloads need. */
import {deepStrictEqual, ok} from 'node:assert/strict'
import type {Target} from '../../core/target.ts'
import type {Workload} from '../../core/workload.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {argumentsOf} from '../settings/resolve.ts'
import type {Contract} from './contract.ts'

/** `workloads` are those of the target's own plug-in. */
export function targetContract(target: Target, workloads: Readonly<Record<string, Workload>> = {}): Contract {
  const known = {...WORKLOADS, ...workloads}
  return [
    {
      name: 'says what it is, and how many nodes it wants',
      check() {
        ok(target.name.length > 0 && target.description.length > 0)
        ok(Number.isInteger(target.defaultNodes) && target.defaultNodes >= (target.minNodes ?? 1))
      },
    },
    {
      name: 'claims something, under workloads that exist and can judge it',
      check() {
        const claims = Object.entries(target.claims)
        ok(claims.length > 0, 'it claims nothing')
        for (const [name, claim] of claims) {
          ok(Object.hasOwn(known, name), `there is no workload ${name}`)
          const {claims: judged} = known[name] as Workload
          // Bounds of staleness are claims by the number.
          const judges = judged.includes(claim) || claim.startsWith('bounded-staleness-')
          ok(judges, `${name} cannot judge ${claim}: ${judged.join(', ')}`)
        }
      },
    },
    {
      name: 'speaks the functions that its workloads need',
      check() {
        for (const name of Object.keys(target.claims)) {
          const missing = (known[name] as Workload).requires.filter((f) => !target.functions.includes(f))
          deepStrictEqual(missing, [], `${name} needs ${missing.join(', ')}`)
        }
      },
    },
    {
      name: 'names each bug once, with a workload that exposes it',
      check() {
        const names = target.bugs.map(({name}) => name)
        deepStrictEqual(names, [...new Set(names)])
        for (const {name, workload, options = {}} of target.bugs) {
          const claims = target.claimsWith?.({nodes: [], bugs: [name], args: argumentsOf(options)}) ?? target.claims
          ok(Object.hasOwn(claims, workload), `${name}: ${workload}`)
        }
      },
    },
  ]
}
