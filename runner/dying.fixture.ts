/** A thread that says when it is about to die of an error of its own, and then does. */
export default ({dying}: {readonly dying: Int32Array}): Promise<never> => {
  void Promise.resolve().then(() => {
    Atomics.store(dying, 0, 1)
    Atomics.notify(dying, 0)
    throw new Error('died by itself')
  })
  return new Promise(() => {})
}
