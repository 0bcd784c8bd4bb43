import { allChecks, askAlone } from './ask-alone.ts'

/** Runs inside a virtual machine, bundled: what is said there of each check that is named, or of all, as JSON. */
const names = process.argv.slice(2)
process.stdout.write(JSON.stringify(await askAlone(null, names.length > 0 ? names : allChecks)))
