import { AuthenticationV1Api, AuthorizationV1Api } from '@kubernetes/client-node'
import type { KubeConfig, V1TokenReviewStatus } from '@kubernetes/client-node'
import type { ReviewApi, Subject } from '#agent/node/review-api.ts'
import { answerOf } from './answer.ts'
import { configurationOf } from '#agent/kube/access/configuration.ts'

/** Milliseconds for one review: less than the time that clients of the agent wait for an answer. */
const deadline = 4_000

/** Reviews by the API server that a kubeconfig names. */
export function openReviewApi(config: KubeConfig): ReviewApi {
  const configuration = configurationOf({ config, deadline, as: null })
  const authentication = new AuthenticationV1Api(configuration)
  const authorization = new AuthorizationV1Api(configuration)
  return {
    whose: (token, audiences) =>
      answerOf(async () => {
        const spec = { token, audiences: [...audiences] }
        const { status } = await authentication.createTokenReview({ body: { spec } })
        return status === undefined ? null : subjectOf(status, audiences)
      }),
    mayAccess: ({ user, uid, groups, extra }, { path, verb }) =>
      answerOf(async () => {
        const copied = Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]))
        const spec = {
          user,
          uid,
          groups: [...groups],
          extra: copied,
          nonResourceAttributes: { path, verb },
        }
        const { status } = await authorization.createSubjectAccessReview({ body: { spec } })
        return status?.allowed === true && status.denied !== true
      }),
  }
}

/** An API server that names no audience does not know of audiences, and its yes is about any. */
function subjectOf(status: V1TokenReviewStatus, wanted: readonly string[]): Subject | null {
  const { authenticated = false, audiences = [], user } = status
  if (!authenticated || !user?.username || !audiences.some((one) => wanted.includes(one))) return null
  return { user: user.username, uid: user.uid ?? '', groups: user.groups ?? [], extra: user.extra ?? {} }
}
