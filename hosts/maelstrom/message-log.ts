/** Shows messages while a run goes on, as `--log-net-send` and `--log-net-recv` of Maelstrom do. */
import {printJson} from './json.ts'
import type {NetworkWitness, Parcel} from './network.ts'

/** The same witness, and what it is told as a line of standard error too. */
export function showingMessages(
  witness: NetworkWitness,
  {
    sent,
    received,
    show = (line) => process.stderr.write(line),
  }: {sent: boolean; received: boolean; show?: (line: string) => void},
): NetworkWitness {
  const say = (what: string, {id, src, dest, body}: Parcel) => show(`${what} ${printJson({id, src, dest, body})}\n`)
  return {
    sent(parcel, sentNs, arrivesNs) {
      witness.sent?.(parcel, sentNs, arrivesNs)
      if (sent) say(arrivesNs === undefined ? 'lost' : 'send', parcel)
    },
    received(parcel) {
      witness.received?.(parcel)
      if (received) say('recv', parcel)
    },
  }
}
