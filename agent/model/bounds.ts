/**
 * Bounds on what people write, and on what the prober sends to the server, so that none of it can end, hang or starve a
 * process. checks/KEYS.md lists those that a check's author can meet. Characters are UTF-16 code units, as `length` counts
 * them.
 */

interface TimeBounds {
  readonly least: string
  readonly most: string
}

// config: durations, as people write them

/** Longest wait for one answer. With less a busy host never answers; with more a round outlasts its interval. */
export const deadlineBounds: TimeBounds = { least: '100ms', most: '60s' }

/** Time between rounds. With less, asking is itself a load; with more, "ready" is old news. */
export const intervalBounds: TimeBounds = { least: '5s', most: '1h' }

/** Time between applies. With less, each agent is a load on the API server; a timer takes 24 days at most. */
export const reapplyBounds: TimeBounds = { least: '10s', most: '24h' }

/** How long a proven state outlives silence. After a day nobody should rely on it. */
export const unknownAfterBounds: TimeBounds = { least: '0s', most: '24h' }

// round: the file between the two processes

/** Levels of findings within findings, including those of included checks. More would overflow the stack. */
export const deepestFindings = 50

/** Bytes. The file's volume holds 8 MiB, and two copies exist while the file is replaced. */
export const largestRound = 3 * 1024 * 1024

/** Characters of a fix, which has the lines of all missing needs: a hundred notes of 500. */
export const longestFix = 50_000

/** Characters of a fix once the fixes before it add up to {@link mostFixCharacters}: a command or two. */
export const longestLateFix = 300

/** Characters of any other text in a round. `plainLine` allows 1,000, and an including check adds its name. */
export const longestLine = 2_000

/** Characters of one mistake in a config or check file, as the round carries it. */
export const longestMistake = 500

/** Milliseconds that a round may say it took. A prober that was frozen for longer is late anyway. */
export const longestRound = 86_400_000

/** Characters of the reason why a round is unusable. It is logged, served and written to the Node. */
export const longestUnusable = 500

/** Aliases of all checks together. The shipped checks have about a hundred; with 5,000 a frame stays under 1 MiB. */
export const mostAliases = 5_000

/**
 * Characters of one check with everything it includes. It is served as one text, several such texts may exist at a time, and
 * the server's heap is 64 MiB. 500 needs with a note each use half of this bound.
 */
export const mostCharacters = 1_000_000

/** Checks of one crash. Five of the shipped ones need iscsiadm themselves. */
export const mostCrashChecks = 20

/** Crashing containers in a round: as many as a node has pods, by the kubelet's default. */
export const mostCrashes = 110

/** Checks in a round. No line is shorter than 150 bytes, so the largest file hardly has more. */
export const mostChecks = 20_000

/** Lines of evidence for one need. The kernel's options are about forty. */
export const mostEvidence = 100

/** Characters of all fixes in a round, of checks and of needs. The shipped checks have about 60,000. */
export const mostFixCharacters = 2_000_000

/** Findings of one check, including those of the checks it includes. All shipped checks together have a thousand. */
export const mostFindings = 2_000

/** Sources of one check, with those of its needs. A shipped check has nine at most; further ones are in its file. */
export const mostSources = 12

/** Signs of workloads on the node. A shipped check may have two. */
export const mostSeen = 1_000

/**
 * Values in one line of the file, counted before it is parsed, because parsing 3 MiB of brackets would fill the heap. A check of
 * {@link mostCharacters} has 40,000 at most; a frame has mainly its aliases.
 */
export const mostLineValues = 50_000

/** Mistakes that are reported in words; the others are only counted. */
export const mostMistakes = 20

// custom checks: all of them together, since one process with a heap of 64 MiB reads and asks them

/** Aliases of all custom checks. The round file holds 5,000, and the shipped checks have about a hundred. */
export const mostCustomAliases = 4_000

/** Custom checks. A ConfigMap of 1 MiB has room for about 2,000. */
export const mostCustomChecks = 1_500

/** Names under `conflicts:` of all custom checks. For each one the needs of two checks are judged again. */
export const mostCustomConflicts = 1_000

/**
 * Findings of all custom checks, including those of included checks each time they are included: a check's findings and fixes
 * hold those of the checks it includes. A thousand checks that include Longhorn's and another workload's have 60,000.
 */
export const mostCustomFindings = 200_000

/** Needs of all custom checks, including those in anyOf. */
export const mostCustomNeeds = 3_000

/** Those of them that ask the host, and include no other check. Each takes a few KiB while it is in use. */
export const mostCustomHostNeeds = 2_000

/** Instructions of the patterns of all custom checks. Compiling them all takes less than a second. */
export const mostCustomPatterns = 30_000

/** Questions per round of all custom checks, not counting those that shipped checks ask too: about a second. */
export const mostCustomQuestions = 20_000

/** YAML tokens of all custom checks. Parsing them takes about two seconds in a small heap. A check has about a hundred. */
export const mostCustomTokens = 300_000

// document: one YAML file

/** Depth of maps and lists, with aliases expanded. The deepest allowed anyOf in anyOf takes 27. */
export const deepestDocument = 32

/** Characters of any one text in a file. */
export const longestText = 4_096

/** YAML tokens (names, values, marks) and lines. Each takes 350 bytes while the file is read. */
export const mostTokens = 15_000

/** Values in a file, including keys, with aliases expanded. */
export const mostValues = 10_000

// include: a check that names another

/** Length of a chain of checks that include each other. Judging each one takes several stack frames. */
export const deepestInclude = 20

// mistakes

/** Mistakes that a command prints for all files together. */
export const mostMistakesTogether = 100

// need

/** Depth of anyOf in anyOf. People nest one in another at most. */
export const deepestAnyOf = 10

/** Characters of an http(s) address. */
export const longestAddress = 1_000

/** Characters of a line that a shell runs, or of one argument of a program. */
export const longestCommand = 4_096

/** Characters of any other name or value: a package, a unit, a parameter, a range of versions. */
export const longestName = 200

/** Bytes of a path: the kernel's PATH_MAX. */
export const longestPath = 4_096

/** Names under `conflicts:` of one check. For each one the needs of both checks are judged again. */
export const mostConflicts = 20

/** Items of a list: alternative names, packages, options, sources, aliases. */
export const mostItems = 50

/** Needs of one check, including those in anyOf. */
export const mostNeeds = 500

/** Parts of a path. Some kinds of need ask a question for each part. */
export const mostParts = 100

// pattern: RE2 syntax, which matches in time linear in the compiled size times the text

/** Characters of a pattern as written. */
export const longestPattern = 1_000

/** Instructions of a compiled pattern. A letter is one, so only repeats exceed this. */
export const mostInstructions = 2_000

/** Instructions times characters of the text that is searched: about a second at worst. */
export const mostMatching = 20_000_000

// questions: what is asked of a host

/** Units asked about at once; beyond this the answer is "failed". The shipped checks name about a hundred. */
export const mostUnits = 1_000

/** How often what a reboot takes away is looked for with more answers; the longest rule has five stages. */
export const mostLooks = 8

/** Programs run at once for one list of questions; beyond this the answer is "failed". The shipped checks run about twenty. */
export const mostPrograms = 200

/** Bytes of a script that fix runs: as an argument in base64 it must stay below the kernel's 128 KiB. */
export const longestScript = 90 * 1024
