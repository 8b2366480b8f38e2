/** A lock for async code: critical sections run one at a time, in the order they asked. */
export class Lock {
  #tail: Promise<unknown> = Promise.resolve()

  run<T>(section: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(section)
    this.#tail = result.catch(() => {})
    return result
  }
}
