import * as bounds from '#agent/model/bounds.ts'
import { maxPublished } from '#agent/model/names.ts'

/** What a file may have at most, and all custom checks together: in the order in which people meet it. */
const ofFile: readonly (readonly [what: string, most: number])[] = [
  ['needs of a check, with those in `anyOf`', bounds.mostNeeds],
  ['`anyOf` within `anyOf`', bounds.deepestAnyOf],
  ['items of any other list', bounds.mostItems],
  ['names under `conflicts` of a check', bounds.mostConflicts],
  ['characters of a name or a value', bounds.longestName],
  ['characters of a command, or of an argument', bounds.longestCommand],
  ['characters of an address', bounds.longestAddress],
  ['bytes of a path', bounds.longestPath],
  ['parts of a path', bounds.mostParts],
  ['characters of a pattern', bounds.longestPattern],
  ['instructions that a pattern compiles to', bounds.mostInstructions],
  [
    'instructions of a pattern, times the characters of the file that it is held against',
    bounds.mostMatching,
  ],
  ['maps and lists within each other', bounds.deepestDocument],
  ['values in a file, with what aliases stand for', bounds.mostValues],
  ['words, marks and lines of YAML in a file', bounds.mostTokens],
  ['needs of a check, with those of all checks that it includes', bounds.mostFindings],
  ['checks that include each other in a row', bounds.deepestInclude],
]

const together: readonly (readonly [what: string, most: number])[] = [
  ['custom checks', bounds.mostCustomChecks],
  ['their needs, with those in `anyOf`', bounds.mostCustomNeeds],
  ['of these, needs that ask the host', bounds.mostCustomHostNeeds],
  ['their needs, with those of all checks that they include', bounds.mostCustomFindings],
  ['questions that they ask of the host', bounds.mostCustomQuestions],
  ['instructions of their patterns', bounds.mostCustomPatterns],
  ['words, marks and lines of YAML in them', bounds.mostCustomTokens],
  ['their aliases', bounds.mostCustomAliases],
  ['names under their `conflicts`', bounds.mostCustomConflicts],
  ['checks that are published', maxPublished],
]

/** The bounds on what people write, as they are held where it is read. */
export function renderBounds(): string {
  return [
    '## Bounds',
    'What goes beyond one of these is a mistake of the file, with its line. No text may hold a line break, a control character, or a character that is not seen.',
    table('a check file', ofFile),
    `A pattern is held against a file as long as its instructions, times the characters of the file, are ${bounds.mostMatching.toLocaleString('en')} at most; beyond that the need is unknown.`,
    'All custom checks share one process. The files are read in the order of their names, and those that find no room are left out.',
    table('all together', together),
  ].join('\n\n')
}

function table(what: string, rows: readonly (readonly [what: string, most: number])[]): string {
  const lines = rows.map(([name, most]) => `| ${name} | ${most.toLocaleString('en')} |`)
  return [`| ${what} | at most |`, '|---|---:|', ...lines].join('\n')
}
