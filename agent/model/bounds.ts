/**
 * Bounds on what people write, and on what goes from the prober to the server: so that none of it ends, hangs or starves a
 * process. checks/KEYS.md lists those that whoever writes a check can meet. Characters are UTF-16 code units, as `length`
 * counts them.
 */

interface TimeBounds {
  readonly least: string
  readonly most: string
}

// config: lengths of time, as people write them

/** Longest wait for one answer: less and a busy host never answers; more and a round outlasts its interval. */
export const deadlineBounds: TimeBounds = { least: '100ms', most: '60s' }

/** From round to round: less and asking is itself a load; more and "ready" is old news. */
export const intervalBounds: TimeBounds = { least: '5s', most: '1h' }

/** From apply to apply: less and each agent is a load on the API server; a timer takes 24 days at most. */
export const reapplyBounds: TimeBounds = { least: '10s', most: '24h' }

/** How long a proven state outlives silence: a day later nobody should build on it. */
export const unknownAfterBounds: TimeBounds = { least: '0s', most: '24h' }

// round: the file between the two processes

/** Levels of findings in findings, with those of the checks that are included: more would overflow a stack. */
export const deepestFindings = 50

/** Bytes; the file's place holds 8 MiB, and while it is replaced there are two of it. */
export const largestRound = 3 * 1024 * 1024

/** Characters of a fix, which has the lines of all needs that are missing: a hundred notes of 500. */
export const longestFix = 50_000

/** Characters of a fix when those before it are {@link mostFixCharacters} already: a command or two. */
export const longestLateFix = 300

/** Characters of any other text of a round; `plainLine` makes lines of 1,000, and an including check adds its name. */
export const longestLine = 2_000

/** Characters of one mistake in a config or check file, as the round tells it. */
export const longestMistake = 500

/** Milliseconds that a round may say it took: a prober that was frozen for longer is late in any case. */
export const longestRound = 86_400_000

/** Characters of why a round cannot be used: it is logged, served and written on the Node. */
export const longestUnusable = 500

/** Aliases of all checks together; the shipped ones have some hundred, and with these a frame is under 1 MiB. */
export const mostAliases = 5_000

/**
 * Characters of one check with all that it includes. It is served as one text, of which several are made at a time, and
 * the server's heap is 48 MiB. 500 needs with a note each are half of it.
 */
export const mostCharacters = 1_000_000

/** Checks in a round: no line is shorter than 150 bytes, so more are hardly in the largest file. */
export const mostChecks = 20_000

/** What was seen for one need: the kernel's options are some forty. */
export const mostEvidence = 100

/** Characters of all fixes of a round, of checks and needs; all that are shipped have some 60,000. */
export const mostFixCharacters = 2_000_000

/** Findings of one check with those of all that it includes; all that are shipped have a thousand in all. */
export const mostFindings = 2_000

/**
 * Values in one line of the file, counted before it is parsed: 3 MiB of brackets would take a heap of their own. A check of
 * {@link mostCharacters} has 40,000 at most, and a frame has those of its aliases.
 */
export const mostLineValues = 50_000

/** Mistakes that are told; of the others it is told how many there are. */
export const mostMistakes = 20

// custom checks: all of them together, since one process with a heap of 48 MiB reads and asks them

/** Aliases of all custom checks; the round file takes 5,000, and the shipped checks have some hundred. */
export const mostCustomAliases = 4_000

/** Custom checks; a ConfigMap of 1 MiB has room for some 2,000. */
export const mostCustomChecks = 1_500

/** Names under `conflicts:` of all custom checks: for each of them the needs of two checks are judged anew. */
export const mostCustomConflicts = 1_000

/**
 * What custom checks ask with all that the checks they include ask, each time anew: findings and fixes of a check hold those
 * of the checks that it includes. A thousand checks that include Longhorn's and another workload's have 60,000.
 */
export const mostCustomFindings = 200_000

/** Needs of all custom checks, with those in anyOf: each takes about 2 KiB while it is in use. */
export const mostCustomNeeds = 3_000

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

// mistakes

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

// questions: what is asked of a host

/** Units that are asked about in one asking; beyond them the answer is "failed". All shipped checks name about a hundred. */
export const mostUnits = 1_000

/** How often what a reboot takes away is looked for with more answers; the longest rule has five stages. */
export const mostLooks = 8

/** Programs that are run for one asking; beyond them the answer is "failed". Shipped checks run about twenty. */
export const mostPrograms = 200
