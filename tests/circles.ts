/** Circles in a graph, by depth-first search: each way back to a node that the search is still in is one. */

/** One circle for each way back that is met: the nodes in order, the first again at the end. */
export function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): void => {
    if (done.has(node)) return
    const at = path.indexOf(node)
    if (at >= 0) {
      circles.push([...path.slice(at), node])
      return
    }
    path.push(node)
    for (const next of graph.get(node) ?? []) visit(next)
    path.pop()
    done.add(node)
  }
  for (const node of graph.keys()) visit(node)
  return circles
}
