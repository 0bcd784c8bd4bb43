import { objectName } from '#agent/model/names.ts'

/** What the name of a link in /var/log/containers says: the kubelet makes one for each attempt of a container. */
export interface ContainerLink {
  readonly pod: string
  readonly namespace: string
  readonly container: string
  /** The runtime's id of this attempt: 64 hexadecimal digits. */
  readonly id: string
}

/**
 * Reads `<pod>_<namespace>_<container>-<id>.log`; null for any other name. The kubelet cuts names of more than 255 bytes, and then
 * the id is cut too: such a container is not followed.
 * https://github.com/kubernetes/kubernetes/blob/16913111deb1a4c4ff76f4ba7ffd9ebef397a303/pkg/kubelet/kuberuntime/legacy.go
 */
export function parseContainerLink(name: string): ContainerLink | null {
  const [, pod = '', namespace = '', container = '', id = ''] = linkPattern.exec(name) ?? []
  return [pod, namespace, container].every((one) => objectName.test(one))
    ? { pod, namespace, container, id }
    : null
}

/** The name of its link again. */
export function linkName({ pod, namespace, container, id }: ContainerLink): string {
  return `${pod}_${namespace}_${container}-${id}.log`
}

/** The container of a pod of that name, whichever attempt and whichever pod of that name. */
export function containerName({ namespace, pod, container }: Omit<ContainerLink, 'id'>): string {
  return `${namespace}/${pod}/${container}`
}

/** No Kubernetes name has an underscore. */
const linkPattern = /^([^_]+)_([^_]+)_([^_]+)-([0-9a-f]{64})\.log$/

/** What the path of a log says: `<podLogsDir>/<namespace>_<pod>_<uid>/<container>/<restarts>.log`. */
export interface LogPlace {
  readonly namespace: string
  readonly pod: string
  /** Of a static pod it is the hash of its manifest. */
  readonly uid: string
  readonly container: string
  readonly restarts: number
}

/** Reads the path that a link names; null for any other path. */
export function parseLogPlace(path: string): LogPlace | null {
  const [, namespace = '', pod = '', uid = '', container = '', restarts = ''] = logPath.exec(path) ?? []
  if (restarts === '') return null
  return { namespace, pod, uid, container, restarts: Number(restarts) }
}

const logPath = /^\/(?:[^/]+\/)*([^/_]+)_([^/_]+)_([^/_]+)\/([^/_]+)\/(\d{1,9})\.log$/
