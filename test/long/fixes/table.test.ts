import { describe, expect, test } from 'vitest'
import { tableHosts, wrongOf } from './hosts.ts'
import { readTable } from './table.ts'

const sections = new Map(readTable().map((section) => [section.host, section.rows]))

describe.each(tableHosts)('the executed fixes of $name', ({ name, informs }) => {
  const rows = sections.get(name) ?? []

  test('are in the table, with their commands', () => {
    expect(rows.length).toBeGreaterThan(40)
    for (const { check, exits, commands } of rows) if (exits !== '') expect(commands, check).not.toEqual([])
  })

  test.skipIf(informs)('hold', () => {
    expect(wrongOf(rows)).toEqual([])
  })
})
