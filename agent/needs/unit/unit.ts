import * as z from 'zod'
import type { Facts } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import type { Question } from '#agent/model/question.ts'
import { verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { servicesAfterBoot } from '#agent/needs/boot/openrc-boot.ts'
import { unitsAfterBoot } from '#agent/needs/boot/unit-boot.ts'
import { judgeOpenrc, openrcQuestions } from './openrc.ts'
import { judgeSystemd, systemdQuestions } from './systemd.ts'
import type { WantedUnit } from './wanted-unit.ts'

const suffix = /\.(service|socket|timer|path|mount|automount|swap|target|slice|scope|device)$/

/**
 * systemd.unit(5): names without a suffix are services. As strict as systemd itself, since all units are asked in one
 * `systemctl show`, which ends at the first name that it refuses; `getty@.service`, without an instance, is one.
 */
const unitName = z
  .string()
  .max(255)
  .meta({ pattern: String.raw`^(?!.*@(\.\w+)?$)(?!-(?!\.(mount|slice)$))[\w:.\\-]+(@[\w:.\\@-]+)?$` })
  .transform((name) => (suffix.test(name) ? name : `${name}.service`))
  .refine((name) => name.length <= 255, 'is longer than 255 characters')
  .refine((name) => !/@\.\w+$/.test(name), 'is a template; name an instance of it, like getty@tty1.service')
  .refine((name) => !/^-(?!\.(mount|slice)$)/.test(name), 'must not begin with -')
  .refine((name) => /^[\w:.\\-]+(@[\w:.\\@-]+)?\.\w+$/.test(name), 'is not the name of a unit')

const schema = z.strictObject({
  unit: z
    .union([
      unitName.transform((name) => [name]),
      z
        .strictObject({ anyOf: listOf(unitName).describe('Units of which any is enough.') })
        .transform(({ anyOf }) => anyOf),
    ])
    .describe('A unit of systemd, or a service of OpenRC; a name without a suffix is a service.'),
  state: z
    .enum(['active', 'enabled', 'inactive'])
    .default('active')
    .describe(
      'active: it runs, has done its work, or is a socket that listens and whose service can start; enabled: it starts at boot; inactive: it must not run. Default: active.',
    ),
  openrc: word(/^\w[\w.+-]*$/, 'is not the name of a service')
    .optional()
    .describe(
      'Its name where OpenRC is the service manager; default: those of the units without their suffix.',
    ),
})

/** A unit of systemd, or a service of OpenRC. Where neither is process 1, nothing can be told. */
export const unit: Kind<typeof schema> = {
  name: 'unit',
  schema,
  isHostWide: true,
  subject: (spec) => spec.unit.join('|') + (spec.state === 'active' ? '' : `:${spec.state}`),
  questions: (spec, facts) => questionsOf(wantedOf(spec), facts),
  nextBoot: (spec) => (answers, facts) => {
    const wanted = wantedOf(spec)
    if (facts.init.type === 'openrc') return servicesAfterBoot(wanted, answers)
    return facts.init.type === 'systemd' ? unitsAfterBoot(wanted, answers) : null
  },
  judge(spec, answers, facts) {
    const wanted = wantedOf(spec)
    const { init } = facts
    if (init.type === 'systemd') return judgeSystemd(wanted, answers)
    if (init.type === 'openrc') return judgeOpenrc(wanted, answers)
    return verdict('ServiceManagerUnknown', { init: init.name })
  },
}

function questionsOf(wanted: WantedUnit, facts: Facts): readonly Question[] {
  if (facts.init.type === 'systemd') return systemdQuestions(wanted)
  return facts.init.type === 'openrc' ? openrcQuestions(wanted) : []
}

function wantedOf(spec: z.infer<typeof schema>): WantedUnit {
  const bases = [...new Set(spec.unit.map((name) => name.replace(suffix, '')))]
  return { units: spec.unit, state: spec.state, services: spec.openrc === undefined ? bases : [spec.openrc] }
}
