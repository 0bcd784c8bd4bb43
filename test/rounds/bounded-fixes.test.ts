import { expect, test } from 'vitest'
import type { Asked } from '#agent/model/asked.ts'
import { boundFixes } from '#agent/rounds/bounded-fixes.ts'

test('fixes are whole until those of a round are too long together; then only short ones are', () => {
  const notes = '# a note\n'.repeat(5_000).trimEnd()
  const { fixText: say } = boundFixes((candidates) => (candidates.length === 0 ? 'modprobe x' : notes))
  const [few, many] = [[], [{ exact: null, others: [], opponents: [] }]]
  const facts = {} as Parameters<Asked['fixText']>[1]
  const all = Array.from({ length: 100 }, () => say(many, facts) ?? '')
  expect(all.filter((fix) => fix === notes)).toHaveLength(Math.ceil(2_000_000 / notes.length))
  expect(all.at(-1)).toMatch(/^(# a note\n){10,30}# … \(\d{5} more characters\)$/)
  expect(say(few, facts)).toBe('modprobe x')
})
