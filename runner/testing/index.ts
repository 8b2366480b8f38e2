/** What the authors of plug-ins import as `chaos/testing`: the contract of each kind, for any test runner. */
export {checkerContract, type KnownHistories} from './checker-contract.ts'
export {clusterContract, type OpenedCluster} from './cluster-contract.ts'
export type {Contract, ContractTest} from './contract.ts'
export {nemesisContract, type StruckCluster} from './nemesis-contract.ts'
export {targetContract} from './target-contract.ts'
export {workloadContract} from './workload-contract.ts'
