import * as z from 'zod'
import type { Kind } from '../model/need.ts'
import type { PortQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import { processName } from './process.ts'
import { everywhere } from '../fixes/usual-fixes.ts'

const none: readonly string[] = []
const number = z.int().min(1).max(65_535)

const schema = z.strictObject({
  port: z
    .union([
      number.transform((port) => ({ port, protocol: 'tcp' as const, heldBy: none })),
      z.strictObject({
        port: number.describe('Its number.'),
        protocol: z.enum(['tcp', 'udp']).default('tcp').describe('Default: tcp.'),
        heldBy: z
          .array(processName)
          .default([])
          .describe('Names of processes that may hold it: those of the workload itself, once it runs.'),
      }),
    ])
    .describe('A port of the host that is free, or held by who may.'),
})

/** A port of the host that is free, or held by who may. */
export const port: Kind<typeof schema> = {
  name: 'port',
  schema,
  subject: ({ port: spec }) => `${spec.port}/${spec.protocol}`,
  usualFix: () => everywhere('See who holds it (ss -lnp), and give one of the two another port.'),
  questions: ({ port: spec }) => [questionFor(spec)],
  judge({ port: spec }, answers) {
    const place = `${spec.port}/${spec.protocol}`
    const answer = answers.of(questionFor(spec))
    if (answer.fate === 'absent')
      return verdict('QuestionFailed', { what: `port ${place}`, detail: answer.detail })
    if (answer.fate !== 'found') return unanswered(`port ${place}`, answer)
    const { isHeld, by } = answer.value
    if (!isHeld) return verdict('PortFree', { place })
    if (by !== null && spec.heldBy.includes(by)) return verdict('PortHeldAsWanted', { place, by })
    if (by === null && spec.heldBy.length > 0)
      return verdict('QuestionFailed', {
        what: `port ${place}`,
        detail: 'it is held, and by whom cannot be seen',
      })
    return verdict('PortHeld', { place, by: by ?? 'a process that cannot be seen' })
  },
}

function questionFor(spec: { port: number; protocol: 'tcp' | 'udp' }): PortQuestion {
  return { ask: 'port', protocol: spec.protocol, port: spec.port }
}
