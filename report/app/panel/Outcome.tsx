/** An outcome as shape and word, never as colour alone. */

export const OUTCOME_WORD = ['ok', 'failed', 'unknown'] as const

export function Outcome({of}: {readonly of: number}) {
  const word = OUTCOME_WORD[of] ?? 'unknown'
  return (
    <span class={`outcome outcome-${of}`}>
      <i class={`swatch ${['ok', 'fail', 'info'][of] ?? 'info'}`} />
      {word}
    </span>
  )
}
