import { checksAskedBy } from '#agent/cluster/why/kubelet/scheduling.ts'
import type { Check } from '#agent/model/check.ts'
import { closure } from '#agent/model/closure.ts'
import { isImage } from '#agent/model/image.ts'
import { noCheck } from '#agent/model/names.ts'
import { requiredChecks } from '#agent/model/needs-of.ts'
import type { ClusterPod } from '#agent/node/pod-api.ts'
import type { Ground } from './verdict.ts'

type Catalog = ReadonlyMap<string, Check>

/** How the pod asks for the check, or for one that requires it on every host; null when it does not. */
export function groundOfAsking(pod: ClusterPod, check: string, catalog: Catalog): Ground | null {
  const asked = askedBy(pod, catalog)
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
function askedBy(pod: ClusterPod, catalog: Catalog): readonly Asked[] {
  const annotated = (pod.requires ?? '').split(',').map((name) => name.trim())
  const known = annotated.includes(noCheck) ? [] : checksOfImages(pod, catalog)
  return [
    ...checksAskedBy(pod).map((name) => ({ by: 'selector', name }) as const),
    ...annotated.map((name) => ({ by: 'annotation', name }) as const),
    ...known.map((name) => ({ by: 'image', name }) as const),
  ]
}

function checksOfImages({ containers }: ClusterPod, catalog: Catalog): readonly string[] {
  return [...catalog.values()]
    .filter(({ images }) => images.some((name) => containers.some(({ image }) => isImage(image, name))))
    .map(({ name }) => name)
}

function requiredOf(check: Check | undefined): readonly string[] {
  return check === undefined ? [] : requiredChecks(check)
}
