import { describe, expect, test } from 'vitest'
import { hostNames, readTable, wrongOf } from './table.ts'

const sections = new Map(readTable().map((section) => [section.host, section.rows]))

describe.each(hostNames)('the executed fixes of %s', (name) => {
  const rows = sections.get(name) ?? []

  test('are in the table, with their commands', () => {
    expect(rows.length).toBeGreaterThan(40)
    for (const { check, exits, commands } of rows) if (exits !== '') expect(commands, check).not.toEqual([])
  })

  test.skipIf(name === 'Debian sid')('hold', () => {
    expect(wrongOf(rows)).toEqual([])
  })
})
