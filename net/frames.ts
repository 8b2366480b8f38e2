/** Messages on a stream of bytes, each with its length in four bytes before it (ZooKeeper, Kafka). */

/** Takes the whole messages out of what has arrived; returns the rest. */
export function takeFrames(received: Buffer, each: (body: Buffer) => void): Buffer {
  let rest = received
  while (rest.length >= 4) {
    const length = rest.readInt32BE(0)
    if (rest.length < 4 + length) break
    each(rest.subarray(4, 4 + length))
    rest = rest.subarray(4 + length)
  }
  return rest
}
