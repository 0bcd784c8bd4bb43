import * as z from 'zod'
import type { Facts } from '../model/facts.ts'
import type { Kind } from '../model/need.ts'
import type { Question } from '../model/question.ts'
import { verdict } from '../model/reason.ts'
import { judgeOpenrc, openrcQuestions } from './unit-openrc.ts'
import { judgeSystemd, systemdQuestions } from './unit-systemd.ts'
import type { WantedUnit } from './wanted-unit.ts'

/** systemd.unit(5): names without a suffix are services. */
const unitName = z
  .string()
  .max(255)
  .regex(/^[\w:.\\@-]+$/, 'is not the name of a unit')
  .transform((name) =>
    /\.(service|socket|timer|path|mount|automount|swap|target|slice|scope|device)$/.test(name)
      ? name
      : `${name}.service`,
  )

const schema = z.strictObject({
  unit: z.union([
    unitName.transform((name) => [name]),
    z.strictObject({ anyOf: z.array(unitName).min(1) }).transform(({ anyOf }) => anyOf),
  ]),
  /** active: it runs (or listens, or has done its work); enabled: at boot; inactive: it must not run. */
  state: z.enum(['active', 'enabled', 'inactive']).default('active'),
  /** Its name where OpenRC is the service manager; default: the unit's without its suffix. */
  openrc: z
    .string()
    .regex(/^[\w.+-]+$/, 'is not the name of a service')
    .optional(),
})

/** A unit of systemd, or a service of OpenRC. Where neither is process 1, nothing can be told. */
export const unit: Kind<typeof schema> = {
  name: 'unit',
  schema,
  subject: (spec) => spec.unit.join('|') + (spec.state === 'active' ? '' : `:${spec.state}`),
  questions: (spec, facts) => questionsOf(wantedOf(spec), facts),
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
  const [first = ''] = spec.unit
  return { units: spec.unit, state: spec.state, openrc: spec.openrc ?? first.replace(/\.\w+$/, '') }
}
