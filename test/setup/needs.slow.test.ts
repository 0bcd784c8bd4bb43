import { globSync, readFileSync } from 'node:fs'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { runCheck } from '../run-check.ts'
import { allTests, projectOf } from '../projects.ts'
import { needsOf, variablesIn } from './needs.ts'
import { steps } from './steps.ts'

const isRead = (file: string) => !file.startsWith('test/setup/')
const titles = (file: string) => needsOf(file).map(({ title }) => title)

describe('what a test file needs', () => {
  const swept = [
    'system packages',
    'leftovers of runs that were killed',
    'inotify instances for hosts beside each other',
  ]
  const plane = [...swept, 'the Kubernetes control plane']
  const host = 'the root of the Debian 12 test host'

  test.each([
    ['test/model/settle.test.ts', []],
    ['test/versions/random-pairs.test.ts', ['system packages']],
    ['test/manifests/monitoring.test.ts', ['promtool']],
    ['test/browser/page.test.ts', swept],
    ['test/hosts/rpm.real.test.ts', [...swept, host]],
    ['test/cluster/config.plane.test.ts', plane],
    ['test/cluster/node-says-it.plane.test.ts', [...plane, host]],
    [
      'test/cluster/survival.nodes.test.ts',
      [...plane, host, 'the image of the pods that tests run', "the agent's image"],
    ],
  ])('is derived from what it and its imports mention: %s', (file, needs) => {
    expect(titles(file)).toEqual(needs)
  })

  test('every variable that test/ mentions is given by one step, and every one that is given is mentioned', () => {
    const mentioned = new Set(
      globSync('test/**/*.ts')
        .filter(isRead)
        .flatMap((file) => [...variablesIn(file)]),
    )
    expect([...mentioned].toSorted()).toEqual(steps.flatMap(({ gives }) => gives).toSorted())
  })

  test('step.ts explains each of them', () => {
    const text = readFileSync('test/setup/step.ts', 'utf8')
    for (const name of steps.flatMap(({ gives }) => gives)) expect(text).toContain(`\`${name}\``)
  })

  test('a name says whether it needs a control plane, and real kubelets', () => {
    const said = (file: string) => {
      const needs = variablesIn(file)
      if (!needs.has('HOSTDEPS_TEST_CONTROL_PLANE')) return 'neither'
      return needs.has('HOSTDEPS_TEST_IMAGE') ? '.nodes' : '.plane'
    }
    for (const file of allTests().filter(isRead)) {
      const [name = 'neither'] = /\.(?:plane|nodes)(?=\.test\.ts$)/.exec(file) ?? []
      expect([file, name]).toEqual([file, said(file)])
    }
  })
})

describe('npm test', () => {
  const all = (...args: string[]) => execa(process.execPath, ['test/all.ts', ...args], { reject: false })

  test('--help says how one test is run', async () => {
    const { exitCode, stdout } = await all('--help')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('npm test [-- ')])
  })

  test.each([
    [['test/nope.test.ts'], 'there is no test test/nope.test.ts (did you mean test/'],
    [['test/cluster/confg.test.ts'], '(did you mean test/cluster/config.plane.test.ts?)'],
    [['agent'], 'agent is no test, and has none below it'],
    [['--frobnicate'], "Unknown option '--frobnicate'"],
  ])('%j is refused with exit 2', async (args, words) => {
    const { exitCode, stderr } = await all(...args)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)])
  })

  test.each([['test/node', '-t', 'nothing is called so'], ['test/fixes/render-fix.test.ts']])(
    'runs %s alone',
    async (...args) => {
      const { exitCode, stdout } = await all(...args)
      const isNone = args.length > 1
      expect(stdout).not.toContain('[set-up')
      expect(stdout).toMatch(
        isNone ? /\n0 passed, 0 failed, \d+ skipped$/ : /\n[1-9]\d* passed, 0 failed, 0 skipped$/,
      )
      expect(exitCode).toBe(isNone ? 1 : 0)
    },
  )
})

test('npm run check is counted program by program, and one that fails stops none', async () => {
  const { passed, failed, failures } = await runCheck('exit 3 && true && false')
  expect({ passed, failed, failures }).toEqual({
    passed: 1,
    failed: 2,
    failures: ['npm run check: exit 3 ended with 3', 'npm run check: false ended with 1'],
  })
})

test('a file that is skipped for want of its set-up says what it lacks, and how to get it', async () => {
  const lacking = Object.fromEntries(steps.flatMap(({ gives }) => gives.map((name) => [name, undefined])))
  const file = 'test/cluster/config.plane.test.ts'
  const argv = ['run', '--project', projectOf(file), file]
  const { stdout } = await execa('vitest', argv, { env: lacking, preferLocal: true })
  expect(stdout).toContain(
    `SKIPPED: ${file} needs the Kubernetes control plane. To get it and run: npm test -- ${file}`,
  )
})
