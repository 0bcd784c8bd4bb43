/** A line `keyword value` of multipath.conf, with the sections that it stands in. */
export interface Setting {
  /** Outermost first: ["blacklist", "device"]. */
  readonly sections: readonly string[]
  /** Settings of the same opening brace have the same number. */
  readonly block: number
  readonly keyword: string
  readonly value: string
}

export interface MultipathFile {
  readonly settings: readonly Setting[]
  /** A line has more than one item, of which multipathd reads the first alone and only warns of the others. */
  readonly isDoubtful: boolean
}

const keywords = ['blacklist', 'blacklist_exceptions', 'defaults', 'device', 'devices']
const sublevels: readonly string[] = [...keywords, 'multipath', 'multipaths', 'overrides', 'protocol']

/**
 * As multipathd reads it, line by line: a section opens with its brace on the same line and closes with a brace alone; what
 * follows on such a line, or after a value, is ignored. # and ! begin a comment outside of quotes.
 * https://manpages.ubuntu.com/manpages/plucky/man5/multipath.conf.5.html
 * https://github.com/opensvc/multipath-tools/blob/master/libmultipath/parser.c
 */
export function parseMultipath(text: string): MultipathFile {
  const settings: Setting[] = []
  const open: { readonly name: string; readonly block: number }[] = []
  let isDoubtful = false
  let blocks = 0
  for (const line of text.split('\n')) {
    const [first, second, ...more] = wordsOf(line)
    if (first === undefined) continue
    if (first.text === '}' && !first.isQuoted) {
      open.pop()
      isDoubtful ||= second !== undefined
    } else if (second?.text === '{' && !second.isQuoted && sublevels.includes(first.text)) {
      open.push({ name: first.text, block: (blocks += 1) })
      isDoubtful ||= more.length > 0
    } else if (second !== undefined) {
      const sections = open.map(({ name }) => name)
      const block = open.at(-1)?.block ?? 0
      settings.push({ sections, block, keyword: first.text, value: second.text })
      isDoubtful ||= more.length > 0
    }
  }
  return { settings, isDoubtful }
}

interface Word {
  readonly text: string
  readonly isQuoted: boolean
}

/** `""` within quotes is one quote. */
function wordsOf(line: string): readonly Word[] {
  const words: Word[] = []
  for (const [all, quoted, plain] of line.matchAll(/"((?:[^"]|"")*)"?|([{}]|[^\s"#!{}]+)|[#!]/g)) {
    if (all === '#' || all === '!') break
    const isQuoted = plain === undefined
    words.push({ text: plain ?? (quoted ?? '').replaceAll('""', '"'), isQuoted })
  }
  return words
}
