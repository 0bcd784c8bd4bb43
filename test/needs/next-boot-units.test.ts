import { describe } from 'vitest'
import type { UnitStarts } from '#agent/model/question.ts'
import { startedByHand, table } from './boot-world.ts'
import type { World } from './boot-world.ts'
import type { Files } from './memory-host.ts'

describe('a unit that is active', () => {
  const unit = (state: string, more: Partial<UnitStarts> = {}, files: Files = {}): World => ({
    files,
    units: {
      'a.service': {
        ActiveState: 'active',
        SubState: 'running',
        UnitFileState: state,
        starts: { ...startedByHand, ...more },
      },
    },
  })
  table(
    [
      ['disabled', unit('disabled'), /a\.service is active now .*nothing enables it/],
      ['transient', unit('transient'), /outlives/],
      ['enabled', unit('enabled'), null],
      ['static', unit('static'), null],
      ['indirect', unit('indirect'), null],
      ['generated', unit('generated'), null],
      ['alias', unit('alias'), null],
      ['on the bus', unit('disabled', { BusName: 'org.a' }), null],
      ['of a generator', unit('enabled-runtime', { FragmentPath: '/run/systemd/generator/a.service' }), null],
      [
        'with a socket that listens',
        unit('disabled', { TriggeredBy: 'a.socket' }, { '/run/systemd/units/invocation:a.socket': '' }),
        null,
      ],
      [
        'with a socket that is enabled',
        unit(
          'disabled',
          { TriggeredBy: 'a.socket' },
          { '/etc/systemd/system/sockets.target.wants/a.socket': '' },
        ),
        null,
      ],
      [
        'with a socket that is neither',
        unit('disabled', { TriggeredBy: 'a.socket' }, { '/run/systemd/units/x': '' }),
        /nothing enables it/,
      ],
      [
        'linked by a package',
        unit(
          'disabled',
          { WantedBy: 'multi-user.target' },
          { '/usr/lib/systemd/system/multi-user.target.wants/a.service': '' },
        ),
        null,
      ],
      [
        'enabled until the boot',
        unit('enabled-runtime', { WantedBy: 'multi-user.target' }),
        /until the next boot/,
      ],
      [
        'linked by a generator',
        unit(
          'enabled-runtime',
          { WantedBy: 'local-fs.target' },
          { '/run/systemd/generator/local-fs.target.wants/a.service': '' },
        ),
        null,
      ],
      ['started by rc.local', unit('disabled', {}, { '/etc/rc.local': 'systemctl start a\n' }), null],
      [
        'wanted by udev',
        unit('disabled', {}, { '/etc/udev/rules.d/a.rules': 'ENV{SYSTEMD_WANTS}+="a.service"\n' }),
        null,
      ],
      [
        'started on the bus',
        unit('disabled', {}, { '/usr/share/dbus-1/system-services/a.service': 'SystemdService=a.service\n' }),
        null,
      ],
      [
        'of which systemd tells less',
        { units: { 'a.service': { ActiveState: 'active', SubState: 'running', UnitFileState: 'disabled' } } },
        null,
      ],
    ],
    '{ unit: a }',
  )
})

describe('a service of OpenRC', () => {
  const openrc = (files: Files): World => ({
    facts: { init: { type: 'openrc' } },
    files: { '/etc/init.d/a': '', '/run/openrc/started/a': '', '/etc/runlevels/default/sshd': '', ...files },
  })
  table(
    [
      ['in no runlevel', openrc({}), /in no runlevel/],
      ['in one', openrc({ '/etc/runlevels/boot/a': '' }), null],
      ['needed by another', openrc({ '/etc/init.d/b': 'depend() { need a; }\n' }), null],
      ['needed, by the tree', openrc({ '/run/openrc/deptree': "depinfo_1_ineed_1='a'\n" }), null],
    ],
    '{ unit: a }',
  )
})
