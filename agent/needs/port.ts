import * as z from 'zod'
import { mostItems } from '#agent/model/bounds.ts'
import type { Kind } from '#agent/model/need.ts'
import type { PortHolders, PortQuestion, ProcessesOf } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { processName, processesOf } from './process.ts'
import { everywhere } from '#agent/fixes/generic-fixes.ts'

const none: readonly string[] = []
const number = z.int().min(1).max(65_535)

const schema = z.strictObject({
  port: z
    .union([
      number.transform((port) => ({ port, protocol: 'tcp' as const, heldBy: none, of: 'host' as const })),
      z.strictObject({
        port: number.describe('Its number.'),
        protocol: z.enum(['tcp', 'udp']).default('tcp').describe('Default: tcp.'),
        heldBy: z
          .array(processName)
          .max(mostItems)
          .default([])
          .describe('Names of processes that may hold it: those of the workload itself, once it runs.'),
        of: processesOf,
      }),
    ])
    .describe('A port of the host that is free, or held by who may.'),
})

/** A port of the host that is free, or held by who may. */
export const port: Kind<typeof schema> = {
  name: 'port',
  schema,
  isHostWide: true,
  subject: ({ port: spec }) => `${spec.port}/${spec.protocol}`,
  genericFix: () => everywhere('See who holds it (ss -lnp), and give one of the two another port.'),
  questions: ({ port: spec }) => [questionFor(spec)],
  judge({ port: spec }, answers) {
    const place = `${spec.port}/${spec.protocol}`
    const answer = answers.of(questionFor(spec))
    if (answer.fate === 'absent')
      return verdict('QuestionFailed', { what: `port ${place}`, detail: answer.detail })
    if (answer.fate !== 'found') return unanswered(`port ${place}`, answer)
    return judgeHolders(place, spec, answer.value)
  },
}

interface Holders {
  readonly heldBy: readonly string[]
  readonly of: ProcessesOf
}

function judgeHolders(place: string, { heldBy, of }: Holders, { sockets, isWhole }: PortHolders): Verdict {
  if (sockets.length === 0) return verdict('PortFree', { place })
  const foreign = sockets.filter((names) => !names.some((name) => heldBy.includes(name)))
  if (foreign.length === 0)
    return verdict('PortHeldAsWanted', { place, of, by: nameAll(sockets, (name) => heldBy.includes(name)) })
  const isProven = heldBy.length === 0 || (isWhole && foreign.some((names) => names.length > 0))
  if (isProven) return verdict('PortHeld', { place, by: nameAll(foreign) || 'a process that cannot be seen' })
  return verdict('QuestionFailed', {
    what: `port ${place}`,
    detail: 'it is held, and by whom cannot be seen',
  })
}

function nameAll(
  sockets: readonly (readonly string[])[],
  counts: (name: string) => boolean = () => true,
): string {
  return [...new Set(sockets.flat().filter(counts))].toSorted().join(', ')
}

function questionFor({ protocol, port: number, heldBy = [], of }: Omit<PortQuestion, 'ask'>): PortQuestion {
  return { ask: 'port', protocol, port: number, ...(heldBy.length > 0 && { heldBy, of }) }
}
