import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { whereThere } from '#agent/fixes/new-node/where-there.ts'
import { madeCheck, stepsFor } from './made-likes.ts'

/** In a real shell, with a sysctl that knows one value and says what is set. */
async function runWith(value: string | null, command: string) {
  const sysctl = `sysctl() { if [ "$1" = -n ]; then ${value === null ? 'return 255' : `echo '${value}'`}; else echo "set $2"; fi; }`
  const script = `${sysctl}\n${command.replaceAll(/> \/etc\/sysctl\.d\/\S*?(?=;|$)/g, '>&1')}`
  return execa('sh', ['-c', script], { reject: false })
}

const settingOf = (name: string, text: string) => {
  const check = madeCheck(name, text)
  const steps = stepsFor('debian', [name], [check])
  return steps[0] ?? ''
}

describe('a setting with a bound is set only where the value is beyond it', () => {
  const least = settingOf('least', 'needs:\n  - { sysctl: vm.max_map_count, min: 262144 }')
  const most = settingOf('most', 'needs:\n  - { sysctl: kernel.randomize, max: 2 }')
  const shmmax = settingOf('shmmax', 'needs:\n  - { sysctl: kernel.shmmax, min: "68719476736" }')
  const user = settingOf(
    'user',
    'needs:\n  - sysctl: user.max_user_namespaces\n    min: 1\n    fix: { all: { sysctls: { user.max_user_namespaces: 15000 } } }',
  )

  test.each([
    [least, '65530', 'set vm.max_map_count=262144\nvm.max_map_count = 262144'],
    [least, '262143', 'set vm.max_map_count=262144\nvm.max_map_count = 262144'],
    [least, '262144', ''],
    [least, '1000000', ''],
    [least, '2147483647', ''],
    [most, '3', 'set kernel.randomize=2\nkernel.randomize = 2'],
    [most, '1', ''],
    // The kernel's own default, which no shell compares.
    [shmmax, '18446744073692774399', ''],
    [shmmax, '33554432', 'set kernel.shmmax=68719476736\nkernel.shmmax = 68719476736'],
    [user, '0', 'set user.max_user_namespaces=15000\nuser.max_user_namespaces = 15000'],
    [user, '1', ''],
    [user, '63432', ''],
  ])('%s with %s', async (command, value, said) => {
    expect(await runWith(value, command)).toMatchObject({ exitCode: 0, stdout: said })
  })

  test('of several values, those that are good stay', async () => {
    const command = settingOf('tcp', 'needs:\n  - { sysctl: net.ipv4.tcp_rmem, min: 4096 131072 6291456 }')
    expect(await runWith('8192\t87380\t16777216', command)).toMatchObject({
      exitCode: 0,
      stdout: 'set net.ipv4.tcp_rmem=8192 131072 16777216\nnet.ipv4.tcp_rmem = 8192 131072 16777216',
    })
    expect(await runWith('4096\t131072\t6291456', command)).toMatchObject({ exitCode: 0, stdout: '' })
  })

  test('of several checks, the greatest bound counts', async () => {
    const [some, more] = [
      madeCheck('some', 'needs:\n  - { sysctl: vm.max_map_count, min: 100000 }'),
      madeCheck('more', 'needs:\n  - { sysctl: vm.max_map_count, min: 300000 }'),
    ]
    for (const names of [
      ['some', 'more'],
      ['more', 'some'],
    ]) {
      const [command = ''] = stepsFor('debian', names, [some, more])
      expect((await runWith('200000', command)).stdout).toContain('set vm.max_map_count=300000')
      expect((await runWith('300000', command)).stdout).toBe('')
    }
  })

  test('just one value is always set, also where another check would take more', async () => {
    const exact = madeCheck('exact', 'needs:\n  - { sysctl: kernel.panic, is: 10 }')
    const least = madeCheck('least', 'needs:\n  - { sysctl: kernel.panic, min: 5 }')
    const [command = ''] = stepsFor('debian', ['least', 'exact'], [exact, least])
    expect((await runWith('60', command)).stdout).toContain('set kernel.panic=10')
  })

  test('a setting that is not there is a failure', async () => {
    expect((await runWith(null, least)).stdout).toContain('set vm.max_map_count')
  })

  test('huge pages are not taken away', async () => {
    const [command = ''] = stepsFor('debian', ['hugepages-2mi'])
    expect((await runWith('4096', command)).stdout).toBe('')
  })
})

describe('what takes something away is done only where it is there', () => {
  test.each([
    ['systemctl disable --now hostdeps-no-such.service hostdeps-no-such.socket'],
    ['rc-update del hostdeps-no-such'],
    ['rc-service hostdeps-no-such stop'],
    ["sed -i '/x/d' /nowhere/fstab"],
  ])('%s ends with 0 where there is nothing of it', async (command) => {
    const { exitCode, stdout, stderr } = await execa('sh', ['-c', whereThere(command)], { reject: false })
    expect([exitCode, stdout, stderr]).toEqual([0, '', ''])
  })

  test('a unit that is there is told to stop, and a failure of that is one', async () => {
    const systemctl = 'systemctl() { echo "$@"; [ "$1" = cat ] || return 4; }'
    const { exitCode, stdout } = await execa(
      'sh',
      ['-c', `${systemctl}\n${whereThere('systemctl disable --now a.service b.socket')}`],
      { reject: false },
    )
    expect([exitCode, stdout]).toEqual([4, 'disable --now a.service'])
  })

  test.each([
    'systemctl enable --now iscsid',
    'systemctl mask swap.target',
    'swapoff -a',
    'mount --make-rshared /',
  ])('%s stays as it is', (command) => expect(whereThere(command)).toBe(command))
})
