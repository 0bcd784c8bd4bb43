import { renameSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { allChecks, askAlone } from './ask-alone.ts'

/**
 * Runs inside a virtual machine, bundled, and is warm when it is asked: a line names checks, or none for all, and what is said of
 * them comes into the file as JSON.
 */
const [answer = 'answer'] = process.argv.slice(2)
for await (const line of createInterface({ input: process.stdin })) {
  const names = line.split(' ').filter((name) => name !== '')
  writeFileSync(`${answer}.part`, JSON.stringify(await askAlone(null, names.length > 0 ? names : allChecks)))
  renameSync(`${answer}.part`, answer)
}
