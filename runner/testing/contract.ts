/**
 * Contract suites for the authors of plug-ins. A contract is a list of named checks that throw where something is wrong, so
 * that any test runner can run it:
 *
 *     for (const {name, check} of workloadContract(mine)) test(name, check)
 */

export interface ContractTest {
  readonly name: string
  /** Throws an AssertionError where the contract is broken. */
  check(): void | Promise<void>
}

export type Contract = readonly ContractTest[]
