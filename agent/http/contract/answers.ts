import * as z from 'zod'
import { verdicts } from '#agent/model/explanation.ts'
import { checkNamePattern } from '#agent/model/names.ts'
import { relevances } from '#agent/model/relevance.ts'
import { states } from '#agent/model/state.ts'

/** The schemas of what is answered, for the document, for clients of ours, and for tests; the server itself loads none of them. */

/** Those that have a name in the document. */
export const shapes = z.registry<{ id: string }>()

export const time = z.iso.datetime().describe('RFC 3339')
export const name = z.string().regex(checkNamePattern).describe('The name of a check.')
export const state = z
  .enum(states)
  .describe('unknown is never missing: hostdeps says missing only on proof.')
  .register(shapes, { id: 'State' })
export const reason = z
  .string()
  .regex(/^[A-Z]\w*$/)
  .describe('One CamelCase word, like BinaryNotFound; each proves one state.')
const fix = z
  .string()
  .nullable()
  .describe(
    'Shell commands for root on this node, one a line, and notes as comment lines; null when there is nothing to fix.',
  )
const omitted = z
  .int()
  .positive()
  .optional()
  .describe('How many findings are left out because the check or the round would be too large.')
const relevance = z
  .array(z.enum(relevances))
  .describe('Why the check matters on this node; empty when nothing speaks for it.')

const finding = z.object({
  need: z.string().describe("The need's id within its check: binary:iscsiadm."),
  kind: z.string(),
  state,
  reason,
  message: z.string(),
  evidence: z.array(z.string()).describe('What was seen: a path, a version. Never the content of a file.'),
  why: z.string(),
  fix,
  recommended: z.boolean().describe('Whether the check is ready without it.'),
  /** The parts of an anyOf or of an included check. */
  get findings(): z.ZodOptional<z.ZodArray<typeof finding>> {
    return z.array(finding).optional()
  },
  omitted,
})
finding.register(shapes, { id: 'Finding' })

const reportCheck = z.object({
  name,
  title: z.string(),
  why: z.string(),
  state,
  reason,
  message: z.string(),
  fix,
  findings: z.array(finding),
  omitted,
  sources: z.array(z.string()).optional().describe('Where its facts are from.'),
  since: time.describe('When this state was first seen.'),
  isPublished: z.boolean().describe('Whether it goes on the Node, as a label and a condition.'),
  published: z
    .object({
      state,
      since: time,
      reason,
      message: z.string(),
      fix,
      was: state.nullable().describe('The state before this one.'),
      needs: z.array(z.object({ id: z.string(), reason })),
    })
    .describe('What the Node says: the same, except that a proven state outlives silence for a while.'),
  pending: z
    .object({ state, reason, since: time })
    .nullable()
    .describe('A change that was seen but not yet confirmed by another round.'),
  changes: z.int().nonnegative().describe('How often the state has changed since the agent started.'),
  changesTo: z.record(state, z.int().nonnegative()).describe('The same, by the state that it changed to.'),
  flaps: z
    .int()
    .nonnegative()
    .describe('How often a change from ready to missing was taken back before it was confirmed.'),
  relevance,
})

export const checkAnswer = reportCheck
  .extend({
    node: z.string(),
    history: z
      .array(z.object({ at: time, from: state, to: state, reason, message: z.string() }))
      .describe('The last changes of its state, newest first.'),
    historySince: time.describe('Since when they are kept; a restart empties them.'),
  })
  .register(shapes, { id: 'Check' })

const crashGroup = z.object({
  need: z.string(),
  checks: z.array(name),
  message: z.string(),
  fix,
  containers: z.int().positive(),
  since: time,
  fixed: time.nullable().describe('When the need turned ready; null while it is not.'),
  pods: z
    .array(
      z.object({
        namespace: z.string(),
        pod: z.string(),
        container: z.string(),
        restarts: z.int().nonnegative(),
        since: time,
        ended: time,
      }),
    )
    .optional()
    .describe('Only where whoever asks may see pods: on loopback, or behind authentication.'),
})

const count = z.int().nonnegative()

export const reportAnswer = z
  .object({
    v: z.literal(1),
    node: z.string().describe('The name of the Node, or else of the host.'),
    at: time.describe('When the newest round was made.'),
    took: z.number().describe('How long it took, in milliseconds.'),
    settings: z.looseObject({
      checks: z.array(name).describe('The published checks.'),
      interval: z.number().describe('Between two rounds, in milliseconds.'),
      mistakes: z
        .array(z.string())
        .describe('What is wrong in the config and check files now, with file and line.'),
      aliases: z.record(z.string(), name),
    }),
    host: z.looseObject({
      hostname: z.string().nullable(),
      os: z.string(),
      distro: z.string().nullable(),
      kernel: z.string().nullable(),
      arch: z.string(),
    }),
    probing: z.looseObject({ watched: count, refused: count, lost: count, abandoned: count, cut: count }),
    crashes: z
      .array(crashGroup)
      .describe('Containers that crash-loop because a need is missing on the host.'),
    seen: z.array(z.object({ check: name, by: z.enum(['container', 'driver']) })),
    fix: fix.describe('One text that fixes all that is missing of the checks that matter here.'),
    checks: z.array(reportCheck.register(shapes, { id: 'ReportCheck' })),
  })
  .register(shapes, { id: 'Report' })

/** The answer of /ready/<name> for a check that is ready or does not apply. */
export const readyAnswer = z
  .object({
    node: z.string(),
    check: name,
    state: z.enum(['ready', 'not-applicable']),
    since: time,
    reason,
    message: z.string(),
    fix,
  })
  .register(shapes, { id: 'Ready' })

/** https://www.rfc-editor.org/rfc/rfc9457 */
export const problem = z
  .looseObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    check: z.string().optional(),
    state: state.optional(),
    node: z.string().optional(),
    since: time.optional(),
    reason: reason.optional(),
    message: z.string().optional(),
    fix: fix.optional(),
    near: z.array(z.string()).optional().describe('Names that may have been meant, nearest first.'),
  })
  .describe('Problem details (RFC 9457).')
  .register(shapes, { id: 'Problem' })

export const explainAnswer = z
  .object({
    v: z.literal(1),
    host: z.object({ name: z.string(), os: z.string() }).nullable(),
    exit: z.object({ code: z.int(), means: z.string(), source: z.string() }).nullable(),
    causes: z
      .array(
        z.object({
          verdict: z.enum(verdicts),
          check: z.string().nullable(),
          title: z.string().nullable(),
          need: z.string().nullable(),
          subject: z.object({ kind: z.string(), name: z.string() }).nullable(),
          confidence: z.enum(['certain', 'likely', 'possible']),
          means: z.string(),
          source: z.string().nullable(),
          line: count.describe('The last such line; the first is 1.'),
          text: z.string(),
          times: count,
          doubt: z
            .object({ line: count, text: z.string() })
            .nullable()
            .describe('A line that takes it back.'),
          state: state.nullable(),
          message: z.string().nullable(),
          fix,
          alsoNeededBy: z.array(z.string()),
        }),
      )
      .describe('Best first.'),
  })
  .register(shapes, { id: 'Explanation' })
