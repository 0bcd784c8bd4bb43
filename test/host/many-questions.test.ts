import { expect, test } from 'vitest'
import { inBatches } from '#agent/host/files/batches.ts'
import { openHost } from '#agent/host/open-host.ts'
import { mostPrograms, mostUnits } from '#agent/model/bounds.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import { startImpostor } from './impostor.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('SKIPPED: a systemctl of our own is put onto a host by root alone')

test('batches keep everything in order, and each fits into the arguments of a program', () => {
  const items = Array.from({ length: 1_000 }, (_, index) => `${index} ${'x'.repeat(index)}`)
  const { batches, leftOut } = inBatches(items, (item) => item, 100)
  expect(batches.flat()).toEqual(items)
  expect(leftOut).toEqual([])
  for (const batch of batches) expect(batch.join(' ').length).toBeLessThan(65_537)
  expect(inBatches(items, (item) => item, 2)).toMatchObject({ leftOut: { length: expect.any(Number) } })
  expect(inBatches(['x'.repeat(100_000)], (item) => item, 1).batches).toHaveLength(1)
})

test.runIf(isRoot)('one unit beyond the limit makes no other unit unknown', async () => {
  const systemctl = `#!/bin/sh
shift 4
for unit; do printf 'LoadState=loaded\\nActiveState=active\\nSubState=%s\\nUnitFileState=enabled\\n\\n' "$unit"; done
`
  const prepare = `mount -t tmpfs tmpfs /usr/local/sbin; cat > /usr/local/sbin/systemctl <<'END'\n${systemctl}END\nchmod 755 /usr/local/sbin/systemctl`
  const node = await startImpostor({ name: `hdunits${process.pid % 100_000}`, as: 'root', prepare })
  try {
    const host = openHost({ procfs: '/proc', targetPid: node.pid, deadline: () => 30_000 })
    const names = Array.from({ length: 5_000 }, (_, index) => `${'x'.repeat(200)}-${index}.service`)
    const answers = await host.ask(names.map((name) => ({ ask: 'unit', name })))
    const known = new Map(answers.map(([question, answer]) => ['name' in question && question.name, answer]))
    for (const [index, name] of names.entries())
      expect(known.get(name)).toMatchObject(
        index < mostUnits
          ? { fate: 'found', value: { SubState: name } }
          : { fate: 'failed', detail: 'checks ask about more units than the limit' },
      )
    const { unit, run } = host.spawned()
    expect([unit > 0 && unit < 100, run]).toEqual([true, 0])
  } finally {
    await node.stop()
  }
})

test('only some programs run at a time, and those beyond the limit do not run', async () => {
  const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
  const questions = Array.from({ length: mostPrograms + 50 }, (_, index): Question => ({
    ask: 'run',
    argv: ['echo', String(index)],
  }))
  const answers = new Map<Question, Answer<unknown>>(await host.ask(questions))
  for (const [index, question] of questions.entries())
    expect(answers.get(question)).toMatchObject(
      index < mostPrograms ? { fate: 'found', value: { stdout: `${index}\n` } } : { fate: 'failed' },
    )
  expect(host.spawned()).toMatchObject({ run: mostPrograms, unit: 0, setting: 0, file: 0 })
})
