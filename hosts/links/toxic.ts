/** A shape of the network's vocabulary as the toxic that makes it. */
import {UsageError} from '../../core/error.ts'
import type {Shape} from '../../core/network.ts'
import type {LinkToxic} from '../../net/mesh/mesh.ts'

/** Throws UsageError for what needs single messages. */
export function toxicOf(shape: Shape): LinkToxic {
  switch (shape.kind) {
    case 'latency':
      return {name: 'latency', type: 'latency', attributes: {latency: shape.latencyMs, jitter: shape.jitterMs}}
    case 'bandwidth':
      return {name: 'bandwidth', type: 'bandwidth', attributes: {rate: shape.rateKBps}}
    case 'slice':
      return {
        name: 'slicer',
        type: 'slicer',
        attributes: {average_size: shape.averageBytes, size_variation: shape.variationBytes, delay: shape.delayUs},
      }
    case 'reset':
      return {name: 'reset', type: 'reset_peer', attributes: {timeout: shape.afterMs}}
    case 'flaky':
      return {name: 'flaky', type: 'timeout', attributes: {timeout: 0}, toxicity: shape.probability}
    default:
      throw new UsageError(`A TCP proxy carries streams of bytes: it cannot do "${shape.kind}" to single messages.`)
  }
}
