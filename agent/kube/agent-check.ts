import * as z from 'zod'
import { checkNamePattern } from '#agent/model/names.ts'
import { states } from '#agent/model/state.ts'
import type { AgentCheck, AgentPod } from '#agent/node/cluster-api.ts'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import { plainLine } from '#agent/model/plain.ts'
import { noAnswer } from './answer.ts'
import type { Requests } from './requests.ts'

const word = z
  .string()
  .max(1_000)
  .transform((text): string => plainLine(text))
const finding = z.object({ need: word, state: z.enum(states), reason: word })

/** Of /v1/checks/<name>, what is used: ids, states and times, and no text. Who answers may be an impostor. */
const agentCheck = z.object({
  name: z.string().regex(checkNamePattern),
  state: z.enum(states),
  since: z.iso.datetime(),
  findings: z.array(finding).max(10_000),
})

/**
 * Asks an agent for a check that the Node has no room for, through the API server, which asks for the right to get pods/proxy. The
 * pod's first port is the agent's.
 */
export async function askAgentCheck(
  requests: Requests,
  { namespace, name }: AgentPod,
  check: string,
): Promise<ApiAnswer<AgentCheck>> {
  const pod = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`
  const path = `${pod}/proxy/v1/checks/${encodeURIComponent(check)}`
  const answer = await requests.readJson(path)
  if (!answer.ok) return answer
  const read = agentCheck.safeParse(answer.value)
  if (!read.success || read.data.name !== check)
    return noAnswer(`${namespace}/${name} does not answer as an agent does`)
  const { state, since, findings } = read.data
  const isTrouble = ({ state }: { state: string }) => state === 'missing' || state === 'unknown'
  const needs = findings.filter(isTrouble).map(({ need: id, reason }) => ({ id, reason }))
  return { ok: true, value: { state, since, needs } }
}
