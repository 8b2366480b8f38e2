/** Whether an end is a client: Maelstrom tells by its name, and nodes do as well. */
export function isClient(end: string): boolean {
  return end.startsWith('c')
}
