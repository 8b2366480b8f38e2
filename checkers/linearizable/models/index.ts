/** The models that come with chaos, by name. One file each; add a line here and it is listed, documented and tested. */
import type {Model} from '../model.ts'
import {casRegister, register} from './register.ts'

export const MODELS: Readonly<Record<string, Model>> = {
  register,
  'cas-register': casRegister,
}
