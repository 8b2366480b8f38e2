/** A titled box of the environment tab. */
import type {ComponentChildren} from 'preact'

interface Props {
  readonly title: string
  readonly wide?: boolean
  readonly children: ComponentChildren
}

export function Card({title, wide = false, children}: Props) {
  return (
    <section class={wide ? 'card wide' : 'card'}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}
