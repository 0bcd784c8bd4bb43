/** The names and everything that `next` leads to from them, each once; a name comes before those it leads to. */
export function closure(names: Iterable<string>, next: (name: string) => Iterable<string>): Set<string> {
  const found = new Set<string>()
  const open = [...names].toReversed()
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    open.push(...[...next(name)].toReversed())
  }
  return found
}
