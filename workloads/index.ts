/** Every workload, by name. */
import type {Workload} from '../core/workload.ts'
import {append} from './append.ts'
import {consensus} from './consensus.ts'
import {counter} from './counter.ts'
import {kv} from './kv.ts'
import {lock} from './lock.ts'
import {cas, register} from './register.ts'
import {set} from './set.ts'

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  register,
  cas,
  set,
  counter,
  kv,
  append,
  lock,
  consensus,
}
