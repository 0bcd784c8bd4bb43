/**
 * Bounds on what people write, and on what goes from the prober to the server: so that none of it ends, hangs or starves a
 * process. checks/KEYS.md lists those that whoever writes a check can meet. Characters are UTF-16 code units, as `length`
 * counts them.
 */

// custom checks: all of them together, since one process with a heap of 48 MiB reads and asks them

/** Aliases of all custom checks; the round file takes 5,000, and the shipped checks have some hundred. */
export const mostCustomAliases = 4_000

/** Custom checks; a ConfigMap of 1 MiB has room for some 2,000 that say anything. */
export const mostCustomChecks = 2_000

/** Names under `conflicts:` of all custom checks: for each of them the needs of two checks are judged anew. */
export const mostCustomConflicts = 1_000

/**
 * What custom checks ask with all that the checks they include ask, each time anew: findings and fixes of a check hold those
 * of the checks that it includes. A thousand checks that include Longhorn's and another workload's have 60,000.
 */
export const mostCustomFindings = 200_000

/** Needs of all custom checks, with those in anyOf: each takes about 2 KiB while it is in use. */
export const mostCustomNeeds = 4_000

/** Instructions of the patterns of all custom checks: to compile them all takes less than a second. */
export const mostCustomPatterns = 30_000

/** Questions that all custom checks ask together in a round, beside those that shipped checks ask too: about a second. */
export const mostCustomQuestions = 20_000

/** Tokens of YAML of all custom checks: to parse them takes some two seconds in a small heap. A check has about a hundred. */
export const mostCustomTokens = 300_000

// document: one YAML file

/** Maps and lists within each other, with what aliases stand for; anyOf in anyOf as deep as it may be takes 27. */
export const deepestDocument = 32

/** Characters of one text in a file, whatever it is. */
export const longestText = 4_096

/** Tokens of YAML (names, values, marks) and lines: each takes 350 bytes while the file is read. */
export const mostTokens = 15_000

/** Values in a file, keys among them, with what aliases stand for. */
export const mostValues = 10_000

// include: a check that names another

/** Checks that include each other in a row: each is some calls deep when it is judged. */
export const deepestInclude = 20

/** Findings of one check with those of all that it includes; all that are shipped have a thousand in all. */
export const mostFindings = 2_000

// mistakes

/** Characters of one mistake in a config or check file, as it is told. */
export const longestMistake = 500

/** Mistakes that are told of one file; of the others it is told how many there are. */
export const mostMistakes = 20

/** Mistakes that a command prints of all files. */
export const mostMistakesTogether = 100

// need

/** anyOf in anyOf; people write one in another at most. */
export const deepestAnyOf = 10

/** Characters of an http(s) address. */
export const longestAddress = 1_000

/** Characters of a line that a shell runs, or of one argument of a program. */
export const longestCommand = 4_096

/** Characters of any other name or value: of a package, a unit, a parameter, a range of versions. */
export const longestName = 200

/** Bytes of a path: PATH_MAX of the kernel. */
export const longestPath = 4_096

/** Names under `conflicts:` of one check: for each of them the needs of both are judged anew. */
export const mostConflicts = 20

/** Items of a list: names of which any is enough, packages, options, sources, aliases. */
export const mostItems = 50

/** Needs of one check, with those in anyOf. */
export const mostNeeds = 500

/** Parts of a path; of some kinds of need each of them is a question. */
export const mostParts = 100

// pattern: RE2 syntax, which matches in linear time, but linear in its compiled size times the text

/** Characters of a pattern as it is written. */
export const longestPattern = 1_000

/** Instructions of a compiled pattern: one for a letter, so that only what is repeated comes to more. */
export const mostInstructions = 2_000

/** Instructions times characters of a text that a pattern is held against: about a second at worst. */
export const mostMatching = 20_000_000
