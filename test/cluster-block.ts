import { readFileSync } from 'node:fs'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The one block of the README that people paste to have hostdeps in their cluster. */
export const clusterBlock = /<!-- cluster-block -->\n```sh\n([^`]+)```/.exec(readme)?.[1] ?? ''
