import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runAsUnit } from '#agent/apply/run-as-unit.ts'

/**
 * Stand-ins for what the host brings, on our own PATH: a systemd that runs units in the order of a plan. What real ones do is in
 * test/hosts/fix-apply.real.test.ts.
 */
let folder: string
const place = (name: string) => join(folder, name)
const file = (name: string, text: string) => {
  writeFileSync(place(`bin/${name}`), `#!/bin/sh\n${text}\n`)
  chmodSync(place(`bin/${name}`), 0o755)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostdeps-unit-'))
  for (const name of ['bin', 'proc/1/root/run']) mkdirSync(place(name), { recursive: true })
  writeFileSync(place('proc/1/comm'), 'systemd\n')
  vi.stubEnv('PATH', `${place('bin')}${delimiter}${process.env['PATH']}`)
  // Into the "mount namespace": what is of the host's /run is below our folder.
  file(
    'nsenter',
    `shift 2\nif [ "$1" = /bin/sh ]; then text=$(printf %s "$3" | sed "s#/run/hostdeps-fix#${place('proc/1/root/run/hostdeps-fix')}#g"); shift 3; exec /bin/sh -c "$text" "$@"; fi\nexec "$@"`,
  )
  systemctl('inactive')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** What the unit's state is, one call after the other; the last for ever. */
function systemctl(...states: string[]): void {
  writeFileSync(place('states'), `${states.join('\n')}\n`)
  file(
    'systemctl',
    `cd ${folder}; state=$(head -n 1 states); [ "$(wc -l < states)" -le 1 ] || sed -i 1d states; [ "$state" != dead ] || exit 1; echo "$state"`,
  )
}

/** As systemd-run --wait: runs the unit, then what comes after it. */
const soundly = `while [ "$1" != /bin/sh ]; do case $1 in ExecStopPost=*) post=\${1#ExecStopPost=} ;; esac; shift; done
"$@"; code=$?
[ "$code" = 0 ] && result=success || result=exit-code
SERVICE_RESULT=$result EXIT_STATUS=$code $post; exit "$code"`

const run = async (script: string) => {
  const told: string[] = []
  const end = await runAsUnit(script, { procfs: place('proc'), tell: (line) => told.push(line) })
  return { end, told }
}

test('what the script says is told, line by line, and how it ended', async () => {
  file('systemd-run', soundly)
  const { end, told } = await run('echo one; printf "10%%\\r20%%\\n"; printf "half"')
  expect(end).toEqual({ did: 'run', isDone: true, how: 'success 0' })
  expect(told).toEqual(['one', '20%', 'half'])
  expect((await run('echo no >&2; exit 7')).end).toEqual({ did: 'run', isDone: false, how: 'exit-code 7' })
})

test('the script arrives as it is, whatever is in it', async () => {
  file('systemd-run', soundly)
  const text = String.raw`a='$$ ${'$'}{ID} $(x) \ "quoted" ümlaut'; printf '%s\n' "$a"`
  expect((await run(text)).told).toEqual([String.raw`$$ ${'$'}{ID} $(x) \ "quoted" ümlaut`])
})

test('a service that the script leaves behind does not hold it', async () => {
  file('systemd-run', soundly)
  const { end } = await run(`sleep 100${process.pid} & echo $! > ${place('left')}`)
  process.kill(Number(readFileSync(place('left'), 'utf8')))
  expect(end).toMatchObject({ did: 'run', isDone: true })
})

test('a systemd-run that fails is no run, also after one of the same script', async () => {
  file('systemd-run', soundly)
  await run('true')
  file('systemd-run', 'echo "Failed to start transient service unit: Connection timed out" >&2; exit 1')
  expect((await run('true')).end).toEqual({
    did: 'refuse',
    why: 'systemd-run failed: Failed to start transient service unit: Connection timed out',
  })
})

test('a systemd-run that ends before its unit: the end of the unit is waited for', async () => {
  // Inactive before it starts; then the unit runs on, and tells its end.
  systemctl('inactive', 'active', 'active', 'inactive')
  file('systemd-run', `${soundly.replace('exit "$code"', 'true')} &\nsleep 0.2; exit 1`)
  expect((await run('sleep 0.4')).end).toEqual({ did: 'run', isDone: true, how: 'success 0' })
})

test('another fix is waited for, and nothing is begun', async () => {
  systemctl('active', 'inactive')
  file('systemd-run', `touch ${place('begun')}`)
  const { end, told } = await run('true')
  expect(end).toEqual({ did: 'wait' })
  expect(told).toEqual(['another fix runs on this host (the unit hostdeps-fix): waiting for its end'])
  expect(existsSync(place('begun'))).toBe(false)
})

test('one that took the name at the same moment is waited for', async () => {
  systemctl('inactive', 'active', 'inactive')
  file('systemd-run', 'echo "Unit hostdeps-fix.service already loaded" >&2; exit 1')
  expect((await run('true')).end).toEqual({ did: 'wait' })
})

test('while systemd does not answer, nothing is taken for an end', async () => {
  systemctl('active', 'dead', 'dead', 'inactive')
  expect((await run('true')).end).toEqual({ did: 'wait' })
})

test.each([
  [
    'no systemd',
    () => writeFileSync(place('proc/1/comm'), 'busybox\n'),
    /^the first process of this host is busybox, not systemd$/,
  ],
  [
    'no host',
    () => rmSync(place('proc/1/comm')),
    /^the first process of this host is not known, not systemd$/,
  ],
])('%s: refused', async (_, change, why) => {
  change()
  expect((await run('true')).end).toEqual({ did: 'refuse', why: expect.stringMatching(why) })
})

test('a script that is too long for an argument is refused', async () => {
  expect((await run(`#${'x'.repeat(100_000)}`)).end).toMatchObject({
    did: 'refuse',
    why: expect.stringContaining('bytes'),
  })
})
