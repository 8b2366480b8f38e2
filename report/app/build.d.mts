import type {Bundle} from '../bundle.ts'

export function buildApp(): Promise<Bundle>
