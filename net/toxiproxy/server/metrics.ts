/** Counters for Prometheus (text format 0.0.4), with the names and labels of the real server. */
import type {Direction} from '../api.ts'

export interface Labels {
  direction: Direction
  listener: string
  proxy: string
  upstream: string
}

export class Metrics {
  readonly #received = new Map<string, number>()
  readonly #sent = new Map<string, number>()

  /** Adds what one direction of one connection moved, when it ends. */
  add(labels: Labels, receivedBytes: number, sentBytes: number): void {
    const {direction, listener, proxy, upstream} = labels
    const key = Object.entries({direction, listener, proxy, upstream})
      .map(([name, value]) => `${name}="${escaped(value)}"`)
      .join(',')
    this.#received.set(key, (this.#received.get(key) ?? 0) + receivedBytes)
    this.#sent.set(key, (this.#sent.get(key) ?? 0) + sentBytes)
  }

  toText(): string {
    return (
      counter('toxiproxy_proxy_received_bytes_total', this.#received) +
      counter('toxiproxy_proxy_sent_bytes_total', this.#sent)
    )
  }
}

function counter(name: string, values: Map<string, number>): string {
  if (values.size === 0) return ''
  const lines = [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${name}{${key}} ${value}\n`)
  return `# HELP ${name} \n# TYPE ${name} counter\n${lines.join('')}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** What the process uses, under the names every Prometheus client library gives. */
export function runtimeMetricsText(): string {
  const {user, system} = process.cpuUsage()
  const gauges: [string, string, number][] = [
    ['process_cpu_seconds_total', 'counter', (user + system) / 1e6],
    ['process_resident_memory_bytes', 'gauge', process.memoryUsage.rss()],
    ['nodejs_heap_size_used_bytes', 'gauge', process.memoryUsage().heapUsed],
    ['nodejs_active_resources', 'gauge', process.getActiveResourcesInfo().length],
  ]
  return gauges.map(([name, type, value]) => `# HELP ${name} \n# TYPE ${name} ${type}\n${name} ${value}\n`).join('')
}
