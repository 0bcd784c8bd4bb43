import type { Runtime } from '#agent/model/container-files.ts'

/**
 * containerd's root, by its own default and those of k3s, RKE2, k0s and MicroK8s. Of another one nothing is told, so no crash is
 * confirmed there. https://github.com/k0sproject/k0s/blob/main/docs/runtime.md
 */
const containerdRoots: readonly string[] = [
  '/var/lib/containerd',
  '/var/lib/rancher/k3s/agent/containerd',
  '/var/lib/rancher/rke2/agent/containerd',
  '/var/lib/k0s/containerd',
  '/var/snap/microk8s/common/var/lib/containerd',
]

/** The default root of containers-storage(5), in which CRI-O keeps its state of each container. */
const crioRoot = '/var/lib/containers/storage/overlay-containers'

/** Where the runtimes write how an attempt ended: the first that is there tells. */
export function statusFiles(id: string): readonly { readonly runtime: Runtime; readonly path: string }[] {
  return [
    ...containerdRoots.map((root) => ({
      runtime: 'containerd' as const,
      path: `${root}/io.containerd.grpc.v1.cri/containers/${id}/status`,
    })),
    { runtime: 'cri-o' as const, path: `${crioRoot}/${id}/userdata/state.json` },
  ]
}
