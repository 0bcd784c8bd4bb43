import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { V1SubjectAccessReview, V1TokenReview } from '@kubernetes/client-node'
import { onTestFinished } from 'vitest'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import { openReviewApi } from '#agent/kube/open-review-api.ts'
import type { ReviewApi } from '#agent/node/review-api.ts'
import { kubeConfigFor, status, writeKubeConfig } from '../../kube/fake-api.ts'

/** Whose a token is and what it may get. */
interface Holder {
  readonly user: string
  /** Paths, or with a star at the end all that begin so. */
  readonly may: readonly string[]
  readonly audience?: string
}

/** An API server that reviews, over real HTTP. */
export interface ReviewServer {
  readonly api: ReviewApi
  readonly kubeConfig: string
  /** Tokens that it knows; a test changes them. */
  readonly holders: Map<string, Holder>
  /** What it was asked: "token <token>" or "<user> <verb> <path>". */
  readonly asked: string[]
  /** Answers all requests with this status instead; "silence" cuts them off, null is well. */
  trouble: number | 'silence' | null
  /** Until it resolves, no answer is given. */
  hold: Promise<void> | null
}

export async function startReviewServer(holders: Readonly<Record<string, Holder>>): Promise<ReviewServer> {
  const state = {
    holders: new Map(Object.entries(holders)),
    asked: [] as string[],
    trouble: null as ReviewServer['trouble'],
    hold: null as Promise<void> | null,
  }
  const server = createServer((request, response) => {
    const answerIt = async () => {
      const body = await json(request)
      state.asked.push(wordsOf(request, body))
      await state.hold
      const { trouble } = state
      if (trouble === 'silence') request.socket.destroy()
      else if (trouble === null) send(response, 201, review(body as Review, state.holders))
      else send(response, trouble, status(trouble, 'trouble'))
    }
    void answerIt()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const kubeConfig = writeKubeConfig(kubeConfigFor(url))
  const access = findKubeAccess({ file: kubeConfig, context: null })
  if (access === null) throw new Error('no kubeconfig')
  return Object.assign(state, { api: openReviewApi(access.config), kubeConfig })
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

type Review = V1TokenReview & V1SubjectAccessReview

function wordsOf({ url }: IncomingMessage, body: unknown): string {
  const { spec } = body as Review
  if (url?.endsWith('/tokenreviews')) return `token ${spec.token}`
  const { path, verb } = spec.nonResourceAttributes ?? {}
  return `${spec.user} ${verb} ${path}`
}

function review({ spec }: Review, holders: ReadonlyMap<string, Holder>) {
  const { token, audiences = [], user, nonResourceAttributes } = spec
  if (token !== undefined) {
    const holder = holders.get(token)
    const audience = holder?.audience ?? 'hostdeps.dev'
    if (holder === undefined || !audiences.includes(audience))
      return { status: { error: 'invalid bearer token' } }
    const groups = ['system:authenticated']
    const said = { username: holder.user, uid: '1', groups, extra: { key: ['value'] } }
    return { status: { authenticated: true, user: said, audiences: [audience] } }
  }
  const { path = '', verb } = nonResourceAttributes ?? {}
  const rules = [...holders.values()].filter((holder) => holder.user === user).flatMap(({ may }) => may)
  const isAllowed = rules.some((rule) =>
    rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : path === rule,
  )
  return { status: { allowed: isAllowed && verb === 'get' } }
}
