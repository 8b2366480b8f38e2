/**
 * The shapes that travel over Toxiproxy's HTTP API, shared by the client and the embedded server. They are Shopify's
 * (github.com/Shopify/toxiproxy); any Toxiproxy client speaks them.
 */

/** `upstream`: bytes from the dialling client to the server behind the proxy. `downstream`: the way back. */
export type Direction = 'upstream' | 'downstream'

/** The attributes of a toxic: whole numbers, in the unit their type documents. */
export type Attributes = Record<string, number>

/** A toxic as the server shows it. `stream` is spelled as it was given. `toxicity` is the share of connections hit. */
export interface ToxicJson {
  attributes: Attributes
  name: string
  type: string
  stream: string
  toxicity: number
}

/** A proxy as the server shows it. `listen` is the bound address once the proxy has been started. */
export interface ProxyJson {
  name: string
  listen: string
  upstream: string
  enabled: boolean
  toxics: ToxicJson[]
}

/** What creates a proxy. The server picks a free port when `listen` ends in `:0`. `enabled` is true when absent. */
export interface ProxyInput {
  name: string
  listen: string
  upstream: string
  enabled?: boolean
}

/** What creates a toxic. `name` defaults to `${type}_${stream}`, `stream` to downstream, `toxicity` to 1. */
export interface ToxicInput {
  type: string
  name?: string
  stream?: Direction
  toxicity?: number
  attributes?: Attributes
}
