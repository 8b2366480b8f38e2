/** The models that come with chaos, by name. One file each; add a line here and it is listed, documented and tested. */
import type {Model} from '../model.ts'
import {counter} from './counter.ts'
import {kv} from './kv.ts'
import {list} from './list.ts'
import {multiRegister} from './multi-register.ts'
import {mutex} from './mutex.ts'
import {fifoQueue, unorderedQueue} from './queue.ts'
import {casRegister, register} from './register.ts'
import {set} from './set.ts'
import {stack} from './stack.ts'
import {versionedRegister} from './versioned-register.ts'

export const MODELS = {
  register,
  'cas-register': casRegister,
  'versioned-register': versionedRegister as Model,
  'multi-register': multiRegister as Model,
  kv: kv as Model,
  mutex: mutex as Model,
  set: set as Model,
  counter: counter as Model,
  queue: fifoQueue as Model,
  'unordered-queue': unorderedQueue as Model,
  stack: stack as Model,
  list: list as Model,
} satisfies Readonly<Record<string, Model>>

/** A name of a model that comes with chaos. */
export type ModelName = keyof typeof MODELS
