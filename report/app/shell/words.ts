/** The verdict in one word. */
export const VERDICT_WORD = {valid: 'PASS', invalid: 'FAIL', unknown: 'UNKNOWN'} as const
