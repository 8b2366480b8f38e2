/**
 * What a server says of itself, in its log and as events: what is rare and explains a run afterwards (elections, votes,
 * terms, peers that fall silent, logs that are cut), never what happens for every entry. Events name peers in `to` and
 * `from`, so that a report can draw what passed between servers.
 */
import type {NodeId} from '../../core/node.ts'
import type {Candidacy} from './messages.ts'
import type {Server} from './server.ts'

export function noteBoot({env, boots, term, vote, log}: Server): void {
  const voted = vote === null ? '' : `, vote given to ${vote}`
  env.log(`boot ${boots}: term ${term}${voted}, log ends at ${log.lastIndex}`)
}

export function notePreVote({env, term, peers, settings}: Server): void {
  env.event({type: 'candidate', term, preVote: true, to: peers})
  env.log(`no leader for ${settings.electionMs} ms or more, asks whether it could be elected in term ${term + 1}`)
}

export function noteCandidacy({env, term, peers, log}: Server): void {
  env.event({type: 'candidate', term, to: peers})
  env.log(`candidate of term ${term}, log ends at ${log.lastIndex} (term ${log.lastTerm})`)
}

export function noteVote({env, term, vote, log}: Server, candidate: NodeId, granted: boolean, asked: Candidacy): void {
  env.event({type: 'vote', term, to: candidate, granted})
  if (granted) {
    env.log(`votes for ${candidate} in term ${term}`)
    return
  }
  const reason =
    asked.term < term
      ? `term ${asked.term} is over`
      : vote !== null && vote !== candidate
        ? `it voted for ${vote}`
        : `the candidate's log ends at ${asked.lastIndex} (term ${asked.lastTerm}), its own at ${log.lastIndex} (term ${log.lastTerm})`
  env.log(`refuses ${candidate} its vote in term ${term}: ${reason}`)
}

export function noteElected({env, term, log, commitIndex}: Server, voters: ReadonlySet<NodeId>): void {
  env.event({type: 'leader', term, lastIndex: log.lastIndex})
  env.log(
    `leads term ${term} with the votes of ${[...voters].join(', ')}; log ends at ${log.lastIndex}, committed up to ${commitIndex}`,
  )
}

/** Follows somebody else, or nobody yet; `led`: it was a leader until now. */
export function noteFollowing({env}: Server, term: number, leader: NodeId | null, led: boolean): void {
  env.event({type: 'follower', term, leader})
  const before = led ? 'leads no more: ' : ''
  env.log(`${before}${leader === null ? `term ${term}, no leader known` : `follows ${leader} in term ${term}`}`)
}

export function noteNoQuorum({env, term}: Server): void {
  env.log(`hears no quorum, gives up leading term ${term}`)
}

/** A peer has not answered its leader for an election timeout. */
export function noteSilent({env, term}: Server, peer: NodeId, matchIndex: number): void {
  env.event({type: 'silent', term, to: peer, matchIndex})
  // 0: it has not answered since this leader was elected, and may have much more.
  env.log(`${peer} does not answer${matchIndex === 0 ? '' : ` any more; it has the log up to ${matchIndex}`}`)
}

export function noteHeard({env, term, log}: Server, peer: NodeId, matchIndex: number): void {
  const behind = matchIndex === 0 ? null : log.lastIndex - matchIndex
  env.event({type: 'heard', term, from: peer, behind})
  env.log(`${peer} answers again${behind === null ? '' : `, ${behind} entries behind`}`)
}

/** Entries that a leader's log contradicts are about to go. */
export function noteTruncation({env, log}: Server, index: number, leader: NodeId): void {
  const dropped = log.lastIndex - index + 1
  env.event({type: 'truncated', from: leader, index, dropped})
  env.log(`drops its entries ${index} to ${log.lastIndex}: ${leader}'s log differs`)
}
