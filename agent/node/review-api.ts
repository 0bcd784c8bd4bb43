import type { ApiAnswer } from './node-api.ts'

/** Whose a token is, as a TokenReview says it and a SubjectAccessReview takes it. */
export interface Subject {
  readonly user: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** A request for what is no resource of Kubernetes: `get` on "/v1/report". */
export interface PathAccess {
  readonly path: string
  readonly verb: string
}

/** The API server as the judge of other programs' requests. Nothing here throws or takes longer than its deadline. */
export interface ReviewApi {
  /** null when the token is nobody's, has expired, or is for none of these audiences. */
  whose(token: string, audiences: readonly string[]): Promise<ApiAnswer<Subject | null>>
  mayAccess(subject: Subject, access: PathAccess): Promise<ApiAnswer<boolean>>
}
