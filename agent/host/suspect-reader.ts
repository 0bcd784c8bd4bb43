import { askFiles } from './ask-files.ts'
import type { FileQuestion } from './ask-files.ts'
import { createFileCache } from './file-cache.ts'
import { hostPath } from './host-path.ts'

/**
 * The child that touches a mount which may hang, so that its parent does not: asked by one argument in JSON, it prints
 * the answer as JSON. Whoever started it kills it at the deadline.
 */
const { root, question }: { root: string; question: FileQuestion } = JSON.parse(process.argv[2] ?? '')
const answer = askFiles({ root, suspects: new Set(), hostPath, cache: createFileCache() }, question)
process.stdout.write(JSON.stringify(answer))
