/** The style sheet's typefaces, as a canvas wants them. */

const SANS =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", Inter, Roboto, "Noto Sans", "Liberation Sans", system-ui, sans-serif'
const MONO =
  'ui-monospace, "SF Mono", "JetBrains Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace'

/** CSS `font` values by use. */
export const FONT = {
  axis: `11px ${SANS}`,
  small: `10.5px ${SANS}`,
  strong: `600 11px ${SANS}`,
  lane: `12px ${MONO}`,
  bar: `11px ${MONO}`,
} as const
