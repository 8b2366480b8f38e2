/** Linearizability: the checker, its models, and the contract for models of your own. */
export {type LinearizableOptions, linearizable, linearizableStream} from './linearizable.ts'
export type {Call, Model, Role, Structure} from './model.ts'
export {MODELS, type ModelName} from './models/index.ts'
export type {Breach, LinearizableStream, StreamResult} from './streaming/stream.ts'
export {type TrustFailure, trustConditions} from './trace.ts'
