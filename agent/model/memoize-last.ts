/**
 * Returns the same result while it is called with the same argument. Questions made this way stay the same objects and keep their
 * keys (`questionKey`).
 */
export function memoizeLast<Given, Made>(make: (given: Given) => Made): (given: Given) => Made {
  let last: { readonly given: Given; readonly made: Made } | null = null
  return (given) => {
    if (last === null || last.given !== given) last = { given, made: make(given) }
    return last.made
  }
}
