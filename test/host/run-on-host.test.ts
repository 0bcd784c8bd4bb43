import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHost } from '#agent/host/open-host.ts'
import type { RunQuestion } from '#agent/model/question.ts'

/** A program that leaves a trace of each of its runs. */
describe('a program whose answer depends on itself alone', () => {
  let folder = ''
  const tool = () => join(folder, 'tool')
  const runs = () =>
    existsSync(join(folder, 'runs')) ? readFileSync(join(folder, 'runs'), 'utf8').length : 0
  const write = (end: string) =>
    writeFileSync(tool(), `#!/bin/sh\nprintf x >> ${folder}/runs\n${end}\n`, { mode: 0o755 })
  const openTool = () => {
    const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
    return async (question: Partial<RunQuestion> = { isOfProgram: true }) => {
      const [entry] = await host.ask([{ ask: 'run', argv: [tool(), '--version'], ...question }])
      return entry?.[1]
    }
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hostdeps-tool-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('is run once while it does not change', async () => {
    write('echo 1.2')
    const ask = openTool()
    const first = await ask()
    expect(await ask()).toEqual(first)
    expect(runs()).toBe(1)
  })

  test('is run again when it changes, and a broken one is reported at once', async () => {
    write('echo 1.2')
    const ask = openTool()
    await ask()
    appendFileSync(tool(), 'exit 7\n')
    expect(await ask()).toMatchObject({ fate: 'found', value: { exitCode: 7 } })
    expect(runs()).toBe(2)
  })

  test('is run each time while its answer is not good', async () => {
    write('exit 1')
    const ask = openTool()
    await ask()
    await ask()
    expect(runs()).toBe(2)
  })

  test('is gone when it is gone', async () => {
    write('echo 1.2')
    const ask = openTool()
    await ask()
    rmSync(tool())
    expect((await ask())?.fate).toBe('absent')
  })

  test('is run each time when its answer depends on more than itself', async () => {
    write('echo ok')
    const ask = openTool()
    await ask({})
    await ask({})
    expect(runs()).toBe(2)
  })
})
