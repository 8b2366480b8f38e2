/**
 * What a failure detector of SWIM's kind promises of its news (Das, Gupta, Motivala, DSN 2002, section 4.2). Nodes tell of what
 * they come to know, each about each member: `{type: 'member', member, state: 'alive' | 'suspect' | 'dead', incarnation}`.
 */
import type {NodeEvent} from '../../core/cluster.ts'
import {type Invariant, numberIn, when} from './breach.ts'

const RANK: Readonly<Record<string, number>> = {alive: 0, suspect: 1, dead: 2}

interface News {
  readonly member: string
  readonly state: string
  readonly incarnation: number
}

function newsIn(event: NodeEvent): News | undefined {
  const {type, member, state} = event.event
  const incarnation = numberIn(event, 'incarnation')
  if (type !== 'member' || typeof member !== 'string' || typeof state !== 'string' || incarnation === undefined) {
    return undefined
  }
  return {member, state, incarnation}
}

const told = ({member, state, incarnation}: News) => `${member} is ${state} at incarnation ${incarnation}`

/** Old news never takes the place of newer. A node that restarts, and announces itself, begins with nothing. */
export const incarnationsGrow: Invariant = {
  name: 'incarnations-grow',
  description: 'what a node knows of a member is only overridden by what is newer',
  follow() {
    const last = new Map<string, NodeEvent>()
    return (event) => {
      const news = newsIn(event)
      if (news === undefined) return undefined
      if (news.member === event.node)
        for (const key of last.keys()) if (key.startsWith(`${event.node} `)) last.delete(key)
      const key = `${event.node} ${news.member}`
      const before = last.get(key)
      last.set(key, event)
      const known = before === undefined ? undefined : (newsIn(before) as News)
      if (known === undefined || known.incarnation < news.incarnation) return undefined
      if (known.incarnation === news.incarnation && RANK[known.state]! < RANK[news.state]!) return undefined
      return {
        invariant: this.name,
        sentence: `${event.node} took it for news that ${told(news)} (at ${when(event)}), though it knew that ${told(known)} (since ${when(before as NodeEvent)}).`,
        events: [before as NodeEvent, event],
      }
    }
  },
}

/** Only a member itself goes on to its next incarnation. */
export const ownIncarnation: Invariant = {
  name: 'own-incarnation',
  description: 'nobody speaks of an incarnation that the member itself has not announced',
  acrossNodes: true,
  follow() {
    const announced = new Map<string, number>()
    return (event) => {
      const news = newsIn(event)
      if (news === undefined) return undefined
      const {member, incarnation} = news
      if (member === event.node) announced.set(member, Math.max(incarnation, announced.get(member) ?? 0))
      if (incarnation <= (announced.get(member) ?? 0)) return undefined
      return {
        invariant: this.name,
        sentence: `${event.node} said that ${told(news)} (at ${when(event)}), but ${member} had not gone beyond incarnation ${announced.get(member) ?? 0}.`,
        events: [event],
      }
    }
  },
}

/** Nobody is dead who was not suspected before, at the same incarnation, by somebody. */
export const suspectedFirst: Invariant = {
  name: 'suspected-first',
  description: 'a member is suspected before it is dead',
  acrossNodes: true,
  follow() {
    const suspected = new Set<string>()
    return (event) => {
      const news = newsIn(event)
      if (news === undefined) return undefined
      const key = `${news.member} ${news.incarnation}`
      if (news.state === 'suspect') suspected.add(key)
      if (news.state !== 'dead' || suspected.has(key)) return undefined
      return {
        invariant: this.name,
        sentence: `${event.node} said that ${told(news)} (at ${when(event)}), which nobody had suspected.`,
        events: [event],
      }
    }
  },
}
