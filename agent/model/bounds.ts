/**
 * Bounds on what people write, and on what goes from the prober to the server: so that none of it ends, hangs or starves a
 * process. Characters are UTF-16 code units, as `length` counts them.
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

// questions: what is asked of a host

/** Questions that all custom checks ask together in a round, beside those that shipped checks ask too: about a second. */
export const mostCustomQuestions = 20_000

/** Units that are asked about in one asking; beyond them the answer is "failed". All shipped checks name about a hundred. */
export const mostUnits = 1_000

/** Programs that are run for one asking; beyond them the answer is "failed". Shipped checks run about twenty. */
export const mostPrograms = 200
