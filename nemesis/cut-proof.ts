/**
 * The proof of a cut, which can fail: the network says of every link that it is cut, a probe of every cut pair stays silent,
 * and a control, a probe that nothing forbids, is answered in the same moment. Without an answered control the silence shows
 * nothing: the probe itself may be broken, or everybody may be dead.
 */
import type {Proof, StrikeContext} from '../core/nemesis.ts'
import {allLinks, countCut, type Link, type NetworkControl, type Ping} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import {answering, type NodePair, silentPairs} from './late-proof.ts'
import {type Pair, pingPairs} from './pairs.ts'
import {leftOf} from './patience.ts'
import {runningNodes} from './victims.ts'

/**
 * How long a probe waits for an answer that must not come, ms: far above any healthy round trip on one machine. Where the
 * control takes longer than a third of it, the machine is busy: then four times what the control took, at most the longest, and the
 * second where nothing was heard. What none of these shows is looked at again when the cut ends.
 */
const SILENCE_MS = [250, 2500, 7500] as const
const PATIENCE = 4
/** A refusal is no silence: it comes from the cut itself, and how busy the machine is takes nothing from it. */
const REFUSED = /^ECONN(REFUSED|RESET)$/
/** How many links are probed as controls; other faults may be in force on some of them. */
const CONTROLS = 6

/** The pairs that a cut separates, each once: a ping needs both directions. */
function pairsOf(links: readonly Link[]): Pair[] {
  const pairs = new Map<string, Pair>()
  for (const {from, to} of links) {
    const pair: Pair = to === 'clients' ? ['clients', from] : [from, to]
    pairs.set(nameOf(pair), pair)
  }
  return [...pairs.values()]
}

/** The same in both directions. */
function nameOf([from, to]: Pair): string {
  return from < to ? `${from},${to}` : `${to},${from}`
}

/** Links that the cut leaves alone and whose ends can answer: between nodes first, then those of clients. */
function controlsOf(nodes: readonly NodeId[], cut: readonly Pair[], able: (pair: Pair) => boolean): Pair[] {
  const keys = new Set(cut.map(nameOf))
  const peers = pairsOf(allLinks(nodes)).filter((pair) => !keys.has(nameOf(pair)) && able(pair))
  const ofClients = nodes.map((node): Pair => ['clients', node]).filter(able)
  return [...peers, ...ofClients].slice(0, Math.max(CONTROLS, peers.length + 1))
}

/** Proves a cut and its end. */
export interface CutProver {
  proveCut(): Promise<Proof>
  /** Heals, and proves that; and, if its beginning did not show the cut, that it had been. */
  proveUncut(heal: () => Promise<void>): Promise<Proof>
}

/** Probes the links before they are cut: a pair that was silent before cannot show that it was silenced. */
export async function beforeCut(
  network: NetworkControl,
  links: readonly Link[],
  context: StrikeContext,
): Promise<CutProver> {
  const {cluster} = context
  const {exact = false} = context.clock
  const left = leftOf(context)
  const pairs = pairsOf(links)
  const running = await runningNodes(cluster)
  const among = (up: ReadonlySet<NodeId>) => (pair: Pair) => pair.every((end) => end === 'clients' || up.has(end))
  const runs = among(running)
  const controls = controlsOf(cluster.nodes, pairs, runs)
  const [patienceMs, longPatienceMs, longestPatienceMs] = SILENCE_MS
  const cutNow = () => countCut(network, links)
  // One that is dead or frozen would only be waited for.
  const able = pairs.filter(runs)
  // It must not outlast the fault, nor the time of all faults: no longer than what was heard asks for, if anything was.
  const patient = (mostMs: number, heardMs = 0) =>
    Math.min(mostMs, Math.max(patienceMs, Math.min(heardMs === 0 ? mostMs : PATIENCE * heardMs, left())))
  const {before, slowMs} = await meetings(network, able, exact, patient(longPatienceMs))
  let shown = false
  return {
    async proveCut() {
      const confirmed = await cutNow()
      const readBack = `${confirmed}/${links.length} links read back`
      if (able.length === 0) {
        return {verified: false, vacuous: true, evidence: `no two nodes that it parts run, ${readBack}`}
      }
      // Whatever is silent now, it was so before.
      if (before === 0) return {verified: false, evidence: `no cut pair answered before, ${readBack}`}
      const look = async (limitMs: number) => {
        // Whoever has been frozen since then answers late once resumed, which tells nothing of how busy the machine is.
        const up = exact ? running : await runningNodes(cluster)
        const asked = controls.filter(among(up))
        const [pings, answers] = await Promise.all([
          pingPairs(network, pairs, limitMs),
          pingPairs(network, asked, limitMs),
        ])
        const heard = answers.filter(({reachable}) => reachable).map(({rttMs}) => rttMs as number)
        const silent = pings.filter(({reachable}) => !reachable).length
        const refused = pings.every(({error}) => REFUSED.test(error ?? ''))
        const calm = heard.length > 0 && (refused || Math.max(...heard, slowMs) < limitMs / 3)
        const busy = heard.length > 0 && silent === pairs.length && !calm
        return {pings, asked, answers, silent, calm, busy, heardMs: heard.length === 0 ? 0 : Math.max(slowMs, ...heard)}
      }
      const worthIt = () => left() > patienceMs
      let seen = await look(slowMs < patienceMs / 3 ? patienceMs : patient(longPatienceMs, slowMs))
      if (!seen.calm && worthIt()) seen = await look(patient(longPatienceMs, seen.heardMs))
      // Only where nothing but the time is missing.
      if (seen.busy && worthIt()) seen = await look(patient(longestPatienceMs, seen.heardMs))
      const {pings, asked, answers, silent, calm} = seen
      const leak = Math.max(
        0,
        pings.findIndex(({reachable}) => reachable),
      )
      const control = Math.max(
        0,
        answers.findIndex(({reachable}) => reachable),
      )
      shown = links.length > 0 && before > 0 && silent === pairs.length && confirmed === links.length && calm
      return {
        verified: shown,
        evidence:
          `${silent}/${pairs.length} cut pairs silent, ${before} of them answered before, ` +
          `${readBack} (${described(pairs[leak], pings[leak])}; ` +
          `control ${described(asked[control], answers[control])})`,
      }
    },
    /** Whether the nodes hear each other again is another fault's business as well; that nothing cuts them is not. */
    async proveUncut(heal) {
      const nodes = pairs.filter((pair): pair is NodePair => pair[0] !== 'clients')
      const late = exact ? before === 0 : !shown
      const parted = late && (await cutNow()) === links.length ? await silentPairs(network, cluster, nodes) : []
      await heal()
      const [left, pings] = await Promise.all([cutNow(), pingPairs(network, pairs, patienceMs)])
      const heard = pings.filter(({reachable}) => reachable).length
      const evidence = `${links.length - left}/${links.length} links whole again, ${heard}/${pairs.length} pairs answer`
      if (parted.length === 0) return {verified: left === 0, evidence}
      const reunited = await answering(network, parted)
      const seen = `, ${reunited} of ${parted.length} that were silent before`
      return {verified: left === 0, evidence: evidence + seen, ...(reunited > 0 ? {tookEffect: true} : {})}
    },
  }
}

/**
 * How many of these pairs answered before they were cut, and how long the slowest of them took, ms. Whoever was frozen and has just been
 * resumed answers late: while nothing is cut yet, it costs nothing to ask once more.
 */
async function meetings(
  network: NetworkControl,
  pairs: readonly Pair[],
  exact: boolean,
  limitMs: number,
): Promise<{readonly before: number; readonly slowMs: number}> {
  const pings = await pingPairs(network, pairs, limitMs)
  const met = pairs.flatMap((pair, i) => (pings[i]!.reachable ? [{pair, rttMs: pings[i]!.rttMs as number}] : []))
  const late = exact ? [] : met.filter(({rttMs}) => rttMs >= SILENCE_MS[0] / 3)
  const again = await pingPairs(
    network,
    late.map(({pair}) => pair),
    limitMs,
  )
  const times = met.map((one) => {
    const second = again[late.indexOf(one)]
    return second?.reachable === true ? Math.min(one.rttMs, second.rttMs as number) : one.rttMs
  })
  return {before: met.length, slowMs: Math.max(0, ...times)}
}

function described(pair: Pair | undefined, ping: Ping | undefined): string {
  if (pair === undefined || ping === undefined) return 'none'
  return `${pair[0]}→${pair[1]}: ${ping.reachable ? `${ping.rttMs?.toFixed(1)} ms` : ping.error}`
}
