/** Every service, by the name under which nodes reach it. */
import type {Random} from '../../../core/random.ts'
import {LinKv} from './lin-kv.ts'
import {LinTso} from './lin-tso.ts'
import {LwwKv} from './lww-kv.ts'
import {SeqKv} from './seq-kv.ts'
import type {Service} from './service.ts'

export type {Service} from './service.ts'

/** New ones, for one run. */
export function services(random: Random): Readonly<Record<string, Service>> {
  return {
    'lin-kv': new LinKv(),
    'seq-kv': new SeqKv(random.fork('seq-kv')),
    'lww-kv': new LwwKv(random.fork('lww-kv')),
    'lin-tso': new LinTso(),
  }
}
