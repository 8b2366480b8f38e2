/** Every workload, by name. */
import type {Workload} from '../core/workload.ts'
import {counter} from './counter.ts'
import {cas, register} from './register.ts'
import {set} from './set.ts'

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  register,
  cas,
  set,
  counter,
}
