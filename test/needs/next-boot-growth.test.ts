import { expect, test } from 'vitest'
import { goneOn, resultOf, startedByHand } from './boot-world.ts'

const unit = { ActiveState: 'active', SubState: 'running', UnitFileState: 'disabled', starts: startedByHand }
const gone = (crontab: string) =>
  goneOn('unit: a.service', {
    files: { '/var/spool/cron/crontabs/root': crontab },
    units: { 'a.service': unit },
  })

test('a long line full of starts takes no time by the square', async () => {
  const start = process.cpuUsage()
  expect(await gone(`#${'start '.repeat(100_000)}\n`)).toMatch(/nothing enables it/)
  expect(process.cpuUsage(start).user).toBeLessThan(10_000_000)
})

test.each([
  ['start a', true],
  ['restart b a.service', true],
  ['service a start', true],
  ['service a.service restart', true],
  ['enable x-a', false],
  ['a is not for start', false],
  ['start\na', false],
])('%j speaks of a start: %s', async (line, isSpoken) => {
  expect((await gone(`${line}\n`)) === null).toBe(isSpoken)
})

test("what a user's crontab names is not read as root", async () => {
  const files = { '/var/spool/cron/crontabs/mallory': '* * * * * /home/mallory/x\n' }
  const { asked } = await resultOf('unit: a.service', { files, units: { 'a.service': unit } })
  expect(JSON.stringify(asked)).not.toContain('mallory')
})
