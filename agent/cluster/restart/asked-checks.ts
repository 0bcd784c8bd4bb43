import { checksAskedBy } from '#agent/cluster/why/kubelet/scheduling.ts'
import type { Check } from '#agent/model/check.ts'
import { closure } from '#agent/model/closure.ts'
import { isImage } from '#agent/model/image.ts'
import { noCheck } from '#agent/model/names.ts'
import { requiredChecks } from '#agent/model/needs-of.ts'
import type { ClusterPod, PodContainer } from '#agent/node/pod-api.ts'
import type { Ground } from './verdict.ts'

type Catalog = ReadonlyMap<string, Check>

/**
 * How the pod asks for the check, or for one that requires it on every host; null when it does not.
 *
 * @param failed the containers that failed: the image of another proves nothing
 */
export function groundOfAsking(
  { pod, failed }: { readonly pod: ClusterPod; readonly failed: readonly PodContainer[] },
  check: string,
  catalog: Catalog,
): Ground | null {
  const asked = askedBy(pod, checksOfImages(failed, catalog))
  const found =
    asked.find(({ name }) => name === check) ??
    asked.find(({ name }) => closure([name], (one) => requiredOf(catalog.get(one))).has(check))
  return found === undefined ? null : { by: found.by, asked: found.name }
}

interface Asked {
  readonly by: 'selector' | 'annotation' | 'image'
  readonly name: string
}

/** As the gate reads a pod: one that says it needs none is not known by its image. A name may be any text. */
function askedBy(pod: ClusterPod, ofImages: readonly string[]): readonly Asked[] {
  const annotated = (pod.requires ?? '').split(',').map((name) => name.trim())
  const known = annotated.includes(noCheck) ? [] : ofImages
  return [
    ...checksAskedBy(pod).map((name) => ({ by: 'selector', name }) as const),
    ...annotated.map((name) => ({ by: 'annotation', name }) as const),
    ...known.map((name) => ({ by: 'image', name }) as const),
  ]
}

function checksOfImages(containers: readonly PodContainer[], catalog: Catalog): readonly string[] {
  return [...catalog.values()]
    .filter(({ images }) => images.some((name) => containers.some(({ image }) => isImage(image, name))))
    .map(({ name }) => name)
}

function requiredOf(check: Check | undefined): readonly string[] {
  return check === undefined ? [] : requiredChecks(check)
}
