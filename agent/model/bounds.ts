/**
 * Bounds on what people write, and on what goes from the prober to the server: so that none of it ends, hangs or starves a
 * process. checks/KEYS.md lists those that whoever writes a check can meet.
 */

/** Questions that all custom checks ask together in a round, beside those that shipped checks ask too: about a second. */
export const mostCustomQuestions = 20_000

/** Units that are asked about in one asking; beyond them the answer is "failed". All shipped checks name about a hundred. */
export const mostUnits = 1_000

/** Programs that are run for one asking; beyond them the answer is "failed". Shipped checks run about twenty. */
export const mostPrograms = 200
