/** What every canvas of the report draws with: rounded bars and text cut to its place. */

/** As much of a text as fits, with an ellipsis. */
export function shorten(text: string, width: number, perCharacter: number): string {
  const room = Math.floor(width / perCharacter)
  if (text.length <= room) return text
  return room < 2 ? '' : `${text.slice(0, room - 1)}…`
}

export function roundRect(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  context.beginPath()
  context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2))
}
