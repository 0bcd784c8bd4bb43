import { askFiles } from './ask-files.ts'
import { createFileCache } from './file-cache.ts'
import type { ChildTask } from './ask-child.ts'
import { hostPath } from './host-path.ts'

/**
 * A child process that reads files where its parent must not or cannot: on a mount that may hang, or in other namespaces. It
 * takes one argument in JSON, the last, and prints the answers as JSON, in order. Its parent kills it at the deadline.
 */
const { root, questions }: ChildTask = JSON.parse(process.argv.at(-1) ?? '')
const view = { root, suspects: new Set<string>(), hostPath, cache: createFileCache() }
process.stdout.write(JSON.stringify(questions.map((question) => askFiles(view, question))))
