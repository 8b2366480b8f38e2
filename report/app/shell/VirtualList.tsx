/** A scrolling list of equal rows of which only those in sight exist. */
import type {ComponentChildren} from 'preact'
import {useEffect, useRef, useState} from 'preact/hooks'

interface Props {
  readonly count: number
  /** CSS pixels. */
  readonly rowHeight: number
  /** A row to scroll to whenever it changes; negative for none. */
  readonly reveal?: number
  /** A row to put at the top whenever it changes. */
  readonly align?: number
  readonly row: (at: number) => ComponentChildren
  readonly onScroll?: (firstRow: number) => void
}

const SPARE_ROWS = 8
/** Browsers cannot lay out taller elements; beyond it, rows are found by proportion. */
const MAX_HEIGHT = 8_000_000

export function VirtualList({count, rowHeight, reveal = -1, align = -1, row, onScroll}: Props) {
  const ref = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(600)
  const natural = count * rowHeight
  const squeeze = natural > MAX_HEIGHT ? (natural - height) / (MAX_HEIGHT - height) : 1

  useEffect(() => {
    const element = ref.current as HTMLDivElement
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    const element = ref.current as HTMLDivElement
    if (reveal < 0) return
    const at = (reveal * rowHeight) / squeeze
    const hidden = at < element.scrollTop || at + rowHeight > element.scrollTop + element.clientHeight
    if (hidden) element.scrollTop = at - element.clientHeight / 2
  }, [reveal, rowHeight, squeeze])

  useEffect(() => {
    if (align >= 0) (ref.current as HTMLDivElement).scrollTop = (align * rowHeight) / squeeze
  }, [align, rowHeight, squeeze])

  const offset = top * squeeze
  const first = Math.max(0, Math.floor(offset / rowHeight) - SPARE_ROWS)
  const last = Math.min(count, Math.ceil((offset + height) / rowHeight) + SPARE_ROWS)
  const rows = []
  for (let at = first; at < last; at++) {
    rows.push(
      <div class="virtual-row" key={at} style={{transform: `translateY(${top + at * rowHeight - offset}px)`}}>
        {row(at)}
      </div>,
    )
  }
  return (
    <div
      class="virtual"
      ref={ref}
      data-scrolls
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      onScroll={(event) => {
        setTop(event.currentTarget.scrollTop)
        onScroll?.(Math.floor((event.currentTarget.scrollTop * squeeze) / rowHeight))
      }}
    >
      <div class="virtual-space" style={{height: `${Math.min(natural, MAX_HEIGHT)}px`}}>
        {rows}
      </div>
    </div>
  )
}
