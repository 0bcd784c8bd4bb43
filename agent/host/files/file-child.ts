import { askFiles } from './ask-files.ts'
import { createFileCache } from './file-cache.ts'
import type { ChildTask } from './ask-child.ts'
import { hostPath } from './host-path.ts'

/**
 * A process of its own that reads files where its parent must not, or cannot: on a mount that may hang, or in other
 * namespaces. Asked by one argument in JSON, it prints the answers as JSON, in order. Whoever started it kills
 * it at the deadline.
 */
const { root, questions }: ChildTask = JSON.parse(process.argv[2] ?? '')
const view = { root, suspects: new Set<string>(), hostPath, cache: createFileCache() }
process.stdout.write(JSON.stringify(questions.map((question) => askFiles(view, question))))
