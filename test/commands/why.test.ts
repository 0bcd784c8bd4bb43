import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { readTargets } from '#agent/commands/wiring/why/targets.ts'
import { main } from '../hostdeps-main.ts'

const run = (...args: string[]) => execa(process.execPath, [main, 'why', ...args], { reject: false })

describe('why', () => {
  test.each([
    [[], /^name a pod or TYPE\/NAME; or use --all, -l or -A$/],
    [['dpeloy/a'], /^"dpeloy" has no pods: use pod, deployment/],
    [['pod/'], /^"pod\/" is no TYPE\/NAME$/],
    [['a', '--all'], /^names go with none of --all, -l and -A$/],
    [['a', '-o', 'wide'], /Allowed choices are text, json, yaml/],
  ])('%o is a wrong command line', async (args, words) => {
    const { exitCode, stdout, stderr } = await run(...args)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(words)
  })

  test.each([
    [['a', 'b'], [{ type: 'pods', names: ['a', 'b'] }]],
    [['pod', 'a'], [{ type: 'pods', names: ['a'] }]],
    [
      ['po/a', 'ds/b'],
      [
        { type: 'pods', names: ['a'] },
        { type: 'daemonsets', names: ['b'] },
      ],
    ],
    [['deploy', 'a'], [{ type: 'deployments', names: ['a'] }]],
    [['sts'], [{ type: 'statefulsets', names: null }]],
    [['constructor'], [{ type: 'pods', names: ['constructor'] }]],
  ])('%o is read as kubectl reads it', (words, targets) => {
    expect(readTargets(words)).toEqual(targets)
  })
})
