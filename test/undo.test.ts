import { expect, test } from 'vitest'
import { openUndo } from './undo.ts'

test('each step is undone, the last first, whatever the others do', async () => {
  const done: number[] = []
  const undo = openUndo()
  undo.add(() => void done.push(1))
  undo.add(async () => {
    done.push(2)
    throw new Error('it does not stop')
  })
  undo.add(() => void done.push(3))
  await expect(undo.run()).rejects.toThrow('not all could be stopped')
  expect(done).toEqual([3, 2, 1])
  await undo.run()
  expect(done).toHaveLength(3)
})
