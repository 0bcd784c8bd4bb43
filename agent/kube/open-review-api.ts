import type {
  KubeConfig,
  V1SubjectAccessReview,
  V1TokenReview,
  V1TokenReviewStatus,
} from '@kubernetes/client-node'
import type { ReviewApi, Subject } from '#agent/node/review-api.ts'
import { viewed } from './list-pages.ts'
import { openRequests } from './requests.ts'

/** Milliseconds for one review: less than the time that clients of the agent wait for an answer. */
const deadline = 4_000

/** Reviews by the API server that a kubeconfig names. */
export function openReviewApi(config: KubeConfig): ReviewApi {
  const requests = openRequests({ config, deadline, as: null })
  return {
    async whose(token, audiences) {
      const [apiVersion, kind] = ['authentication.k8s.io/v1', 'TokenReview']
      const answer = await requests.write<V1TokenReview>(`/apis/${apiVersion}/tokenreviews`, {
        method: 'POST',
        body: { apiVersion, kind, spec: { token, audiences } },
      })
      if (!answer.ok) return answer
      return viewed(answer.value, ({ status }) =>
        status === undefined ? null : subjectOf(status, audiences),
      )
    },
    async mayAccess({ user, uid, groups, extra }, { path, verb }) {
      const [apiVersion, kind] = ['authorization.k8s.io/v1', 'SubjectAccessReview']
      const spec = { user, uid, groups, extra, nonResourceAttributes: { path, verb } }
      const answer = await requests.write<V1SubjectAccessReview>(`/apis/${apiVersion}/subjectaccessreviews`, {
        method: 'POST',
        body: { apiVersion, kind, spec },
      })
      if (!answer.ok) return answer
      return viewed(answer.value, ({ status }) => status?.allowed === true && status.denied !== true)
    },
  }
}

/** An API server that names no audience does not know of audiences, and its yes is about any. */
function subjectOf(status: V1TokenReviewStatus, wanted: readonly string[]): Subject | null {
  const { authenticated = false, audiences = [], user } = status
  if (!authenticated || !user?.username || !audiences.some((one) => wanted.includes(one))) return null
  return { user: user.username, uid: user.uid ?? '', groups: user.groups ?? [], extra: user.extra ?? {} }
}
