/**
 * The agent on a node (`agent-main.js`): answers whoever probes the node's links, and probes those of the node itself. It
 * runs in the node's namespace, so what it sees is what the node sees. Asked and answering in JSON lines; ends with its
 * stdin.
 */
import {createInterface} from 'node:readline'
import {echoRequest, startEcho} from '../links/echo.ts'
import {probeService} from '../links/probe.ts'
import {ECHO_PORT} from './addresses.ts'

await startEcho({host: '0.0.0.0', port: ECHO_PORT})
process.stdout.write('{"ready":true}\n')
for await (const line of createInterface({input: process.stdin})) {
  const {id, host, limitMs, bytes} = JSON.parse(line) as {id: number; host: string; limitMs: number; bytes: number}
  void probeService({host, port: ECHO_PORT}, {send: echoRequest}, limitMs, bytes).then((ping) => {
    process.stdout.write(`${JSON.stringify({id, ping})}\n`)
  })
}
process.exit(0)
