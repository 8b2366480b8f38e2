/** Linearizability: the checker, its models, and the contract for models of your own. */
export {type LinearizableOptions, linearizable} from './linearizable.ts'
export type {Call, Model, Role, Structure} from './model.ts'
export {MODELS} from './models/index.ts'
export {type TrustFailure, trustConditions} from './trace.ts'
