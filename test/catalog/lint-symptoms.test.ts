import { expect, test } from 'vitest'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import { symptomLiterals, withoutLiteral } from '#agent/catalog/lint/lint-symptoms.ts'

function checkWith(...logs: readonly string[]) {
  const symptoms = logs.map((log) => `  - { log: '${log}', means: it is missing }\n`).join('')
  const text = `title: Frob\nwhy: It frobs.\nneeds:\n  - binary: frob\nsymptoms:\n${symptoms}`
  const read = readCheckFile('frob.yaml', text, { origin: 'shipped', allowCommands: true })
  if (!('check' in read)) throw new Error(JSON.stringify(read))
  return read.check
}

test('a pattern without a text of its own is a mistake: it would never be found', () => {
  const check = checkWith('frob(nicate)? failed', String.raw`\S+: \d+ [A-Z]+`)
  expect(symptomLiterals(check).map(({ literals }) => literals)).toEqual([expect.any(Array), null])
  expect(withoutLiteral(check)).toMatchObject([
    { file: 'frob.yaml', message: expect.stringContaining('is never found') },
  ])
})
