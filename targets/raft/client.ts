/** Who waits for an answer of a Raft server, and for what. */
import type {Json, RequestId} from '../../core/node.ts'

/** Whom to answer: one attempt of a client's session. */
export type Client = {readonly request: RequestId; readonly attempt: Json}

/** A read that waits at the server to which its client sent it. */
export type Read = {readonly client: Client; readonly f: string; readonly key: string | null}
