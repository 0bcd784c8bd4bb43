import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { openHost } from '#agent/host/open-host.ts'
import { askKernelClock, readTimex } from '#agent/host/kernel-clock.ts'
import { hasProgram } from '../setup/has-program.ts'

const hasAdjtimex = hasProgram(['busybox', 'adjtimex'], { shows: "the kernel's own word of its clock" })

describe("the kernel's state of its clock", () => {
  test.each([
    [0x2001, 0, true],
    [0x0041, 5, false],
    [0x0040, 0, false],
    [0x0000, 5, false],
  ])('status %i, state %i: %s', (status, state, isSynchronized) => {
    const timex = Buffer.alloc(256)
    timex.writeInt32LE(status, 40)
    expect(readTimex(state, timex)).toEqual({ fate: 'found', value: { isSynchronized } })
  })

  test('a call that fails proves nothing', () => {
    expect(readTimex(-1, Buffer.alloc(256))).toMatchObject({ fate: 'failed' })
  })

  test.runIf(process.platform === 'linux')('is asked of this kernel', () => {
    expect(askKernelClock()).toMatchObject({ fate: 'found' })
  })

  test.runIf(hasAdjtimex)('is what adjtimex(8) says', async () => {
    const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
    const [entry] = await host.ask([{ ask: 'kernelClock' }])
    const { stdout } = await execa('busybox', ['adjtimex'])
    const [, status] = /^\s*status:\s+(\d+)/m.exec(stdout) ?? []
    const isSynchronized = (Number(status) & 0x40) === 0 && !stdout.includes('not synchronized')
    expect(entry?.[1]).toEqual({ fate: 'found', value: { isSynchronized } })
  })

  test('its warning reaches no terminal, and others do', async () => {
    const script = `const { askKernelClock } = await import(${JSON.stringify(new URL('../../agent/host/kernel-clock.ts', import.meta.url).href)})
      askKernelClock()
      process.emitWarning('another one')`
    const { stdout, stderr } = await execa(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('')
    expect(stderr).not.toMatch(/FFI|Experimental/)
    expect(stderr).toContain('another one')
  })
})
