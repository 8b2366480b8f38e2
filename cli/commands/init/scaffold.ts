/**
 * The files of `chaos init`: a configuration with an external target, that target (one small program, honest about being
 * one node at a time), and a nightly workflow. They are meant to be read and changed.
 */

const CONFIG = `// What this project tests with chaos. Flags win over this file: chaos run --print-config shows who set what.
import {defineConfig, NotDone} from 'chaos/config'

export default defineConfig({
  targets: {
    mykv: {
      description: 'an example: a key-value server in one file',
      // One node's command line. Its peers are given as addresses of proxies, which is how chaos can cut them off.
      command: 'node examples/mykv.mjs --id {id} --port {port} --peers {peers} --data {directory}',
      ready: 'tcp',
      nodes: 3,
      // What it promises, by workload. It is judged by exactly that.
      claims: {register: 'linearizable'},
      functions: ['read', 'write'],
      // A connection of one client to one node. Returning means ok. Throwing NotDone means it certainly did not happen;
      // throwing anything else means that nobody knows.
      client: ({host, port}) => {
        const url = \`http://\${host}:\${port}\`
        return {
          operations: {
            read: async ({key, signal}) => {
              const answer = await fetch(\`\${url}/\${key}\`, {signal})
              if (!answer.ok) throw new NotDone(await answer.text())
              return answer.json()
            },
            write: async ({key, value, signal}) => {
              const answer = await fetch(\`\${url}/\${key}\`, {method: 'PUT', body: JSON.stringify(value), signal})
              if (answer.status === 503) throw new NotDone(await answer.text())
              if (!answer.ok) throw new Error(await answer.text())
            },
          },
          close: async () => {},
        }
      },
    },
  },
  profiles: {
    nightly: {
      matrix: {target: ['mykv'], workload: ['register'], faults: [['partition'], ['kill', 'pause']]},
      budget: '20m',
      canaries: ['raft:stale-read', 'gossip:sum-merge'],
    },
  },
})
`

const TARGET = `// An example target: n1 keeps the data on disk, the other nodes pass requests on to it. Linearizable, and unavailable
// whenever n1 is. Replace it with your own system.
import {appendFileSync, existsSync, readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {join} from 'node:path'
import {parseArgs} from 'node:util'

const {values} = parseArgs({
  options: {id: {type: 'string'}, port: {type: 'string'}, peers: {type: 'string'}, data: {type: 'string'}},
})
const peers = new Map(values.peers.split(',').map((peer) => peer.split('=')))
const file = join(values.data, 'log.jsonl')
const store = new Map()
if (existsSync(file)) {
  for (const line of readFileSync(file, 'utf8').trim().split('\\n').filter(Boolean)) store.set(...JSON.parse(line))
}

async function serve(method, key, body) {
  if (method === 'GET') return [200, JSON.stringify(store.get(key) ?? null)]
  const value = JSON.parse(body)
  appendFileSync(file, JSON.stringify([key, value]) + '\\n')
  store.set(key, value)
  return [200, 'null']
}

async function forward(method, key, body) {
  try {
    const answer = await fetch(\`http://\${peers.get('n1')}/\${key}\`, {method, ...(method === 'PUT' ? {body} : {})})
    return [answer.status, await answer.text()]
  } catch (error) {
    // Refused: n1 never heard of it. Anything else: it may have.
    return error.cause?.code === 'ECONNREFUSED' ? [503, 'n1 is down'] : [500, 'no answer from n1']
  }
}

createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const handle = values.id === 'n1' ? serve : forward
  const [status, text] = await handle(request.method, request.url.slice(1), body)
  response.writeHead(status).end(text)
}).listen(Number(values.port), '127.0.0.1')
`

const WORKFLOW = `name: chaos nightly
on:
  schedule:
    - cron: '17 2 * * *'
  workflow_dispatch:
    inputs:
      seed:
        description: a seed to begin with
concurrency: chaos-nightly
jobs:
  chaos:
    runs-on: ubuntu-latest
    timeout-minutes: 45
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      # Without a package.json, npx brings chaos along.
      - run: if [ -f package-lock.json ]; then npm ci; fi
      - uses: actions/cache@v4
        with:
          path: .chaos/seeds.json
          key: chaos-seeds-\${{ github.run_id }}
          restore-keys: chaos-seeds-
      - run: npx --yes chaos ci --profile nightly --junit junit.xml \${{ inputs.seed && format('--seed {0}', inputs.seed) || '' }}
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: chaos
          path: |
            .chaos/runs
            junit.xml
`

/** Path to content. */
export const SCAFFOLD: Readonly<Record<string, string>> = {
  'chaos.config.ts': CONFIG,
  'examples/mykv.mjs': TARGET,
  '.github/workflows/chaos.yml': WORKFLOW,
}
