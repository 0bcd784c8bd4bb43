import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { patience } from '../patience.ts'
import { main } from '../hostdeps-main.ts'

const nagios = process.env['HOSTDEPS_TEST_NAGIOS']

/** By service, what its check needs. */
const needs = {
  fine: 'file: /etc/passwd',
  gone: 'file: /nowhere/a|b\n    fix: { debian: { run: "true; mkdir -p /nowhere" } }',
  nicer: 'file: /nowhere/nice\n    recommended: true',
}

/** Nagios as an administrator sets it up, but that it asks no address of its maker whether it is old. */
describe.skipIf(nagios === undefined)('-o nagios, by Nagios', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-nagios-'))
  const at = (name: string) => join(folder, name)
  let stop = async () => {}

  beforeAll(() => {
    mkdirSync(at('checks'))
    mkdirSync(at('results'))
    for (const [name, need] of Object.entries(needs))
      writeFileSync(at(`checks/${name}.yaml`), `title: ${name}\nwhy: w\nneeds:\n  - ${need}\n`)
    writeFileSync(at('nagios.cfg'), config(folder))
    writeFileSync(at('objects.cfg'), objects(folder))
    const daemon = execa(nagios ?? '', [at('nagios.cfg')], {
      reject: false,
      all: true,
      forceKillAfterDelay: patience,
    })
    stop = async () => {
      daemon.kill('SIGTERM')
      await daemon
    }
  })
  afterAll(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What its status file says of a service. */
  const statusOf = (service: string): Readonly<Record<string, string>> => {
    const blocks = readFileSync(at('status.dat'), 'utf8').split('\n\n')
    const block = blocks.find((one) => one.includes(`\tservice_description=${service}\n`)) ?? ''
    return Object.fromEntries(
      [...block.matchAll(/^\t(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
    )
  }

  test.each([
    ['fine', '0', /^HOSTDEPS OK: 1 ready$/],
    ['nicer', '1', /^HOSTDEPS WARNING: 1 ready with a recommendation - nicer: usable, but recommended: /],
    ['gone', '2', /^HOSTDEPS CRITICAL: 1 missing - gone: \/nowhere\/a\/b is not there$/],
    ['lost', '3', /^HOSTDEPS UNKNOWN: there is no check lost - /],
  ])('%s has state %s', async (service, state, text) => {
    await expect.poll(() => safely(() => statusOf(service))['has_been_checked']).toBe('1')
    const status = statusOf(service)
    expect(status).toMatchObject({ current_state: state, plugin_output: expect.stringMatching(text) })
  })

  test('the numbers and the lines below come through', async () => {
    await expect.poll(() => safely(() => statusOf('gone'))['has_been_checked']).toBe('1')
    const { performance_data, long_plugin_output } = statusOf('gone')
    expect(performance_data).toMatch(
      /^missing=1;;0;0;1 unknown=0;;;0;1 recommended=0;0;;0;1 ready=0;;;0;1 time=\d+\.\d{3}s;;;0$/,
    )
    expect(long_plugin_output).toMatch(
      /^\[CRITICAL\] gone: \/nowhere\/a\/b is not there\\n {2}Fix, as root on .*:\\n {4}true; mkdir -p \/nowhere$/,
    )
  })
})

/** The status file is not there at once, and renamed into place. */
function safely(read: () => Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return read()
  } catch {
    return {}
  }
}

function config(folder: string): string {
  return `
cfg_file=${folder}/objects.cfg
log_file=${folder}/nagios.log
object_cache_file=${folder}/objects.cache
precached_object_file=${folder}/objects.precache
status_file=${folder}/status.dat
state_retention_file=${folder}/retention.dat
temp_file=${folder}/nagios.tmp
temp_path=${folder}
lock_file=${folder}/nagios.lock
check_result_path=${folder}/results
query_socket=${folder}/nagios.qh
command_file=${folder}/nagios.cmd
debug_file=${folder}/nagios.debug
check_external_commands=0
check_for_updates=0
bare_update_check=1
nagios_user=root
nagios_group=root
log_archive_path=${folder}
use_syslog=0
interval_length=1
status_update_interval=1
service_inter_check_delay_method=n
max_service_check_spread=1
service_check_timeout=${patience / 1_000}
`
}

function objects(folder: string): string {
  const services = [...Object.keys(needs), 'lost']
  const command = `${process.execPath} ${main} check -o nagios --checks ${folder}/checks $ARG1$`
  const service = (name: string) => `
define service {
  host_name worker-1
  service_description ${name}
  check_command hostdeps!${name}
  check_period always
  check_interval 600
  retry_interval 600
  max_check_attempts 1
  notifications_enabled 0
  notification_period always
  contacts nobody
}`
  return `
define timeperiod {
  timeperiod_name always
  alias always
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
  sunday 00:00-24:00
}
define command {
  command_name hostdeps
  command_line ${command}
}
define command {
  command_name nothing
  command_line /bin/true
}
define contact {
  contact_name nobody
  service_notification_period always
  host_notification_period always
  service_notification_options n
  host_notification_options n
  service_notification_commands nothing
  host_notification_commands nothing
}
define host {
  host_name worker-1
  address 127.0.0.1
  active_checks_enabled 0
  max_check_attempts 1
  check_period always
  notification_period always
  contacts nobody
}
${services.map(service).join('\n')}
`
}
