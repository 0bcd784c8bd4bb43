import type { V1Node } from '@kubernetes/client-node'

const namesOfImages = 30

/** A Node as a kubelet registers it with thirty images. */
export function kubeletNode(index: number): V1Node {
  const name = nodeName(index)
  const address = `10.${Math.floor(index / 65_536)}.${Math.floor(index / 256) % 256}.${index % 256}`
  const uuid = `0f8fad5b-d9cb-469f-a165-${index.toString(16).padStart(12, '0')}`
  const resources = { cpu: '8', memory: '32658516Ki', pods: '110', 'ephemeral-storage': '101430960Ki' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': 'm-8',
        'topology.kubernetes.io/region': 'eu-1',
        'topology.kubernetes.io/zone': `eu-1${'abc'.charAt(index % 3)}`,
      },
      annotations: {
        'csi.volume.kubernetes.io/nodeid': `{"driver.longhorn.io":"${name}"}`,
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: { podCIDR: `10.200.${index % 256}.0/24`, providerID: `example:///eu-1/${uuid}` },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      capacity: resources,
      allocatable: resources,
      conditions: conditions(),
      daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
      images: Array.from({ length: namesOfImages }, (_, image) => ({
        names: [
          `registry.example.com/platform/component-${image}@sha256:${`${image}`.padStart(64, '0')}`,
          `registry.example.com/platform/component-${image}:v1.${image}.0`,
        ],
        sizeBytes: 10_000_000 + image,
      })),
      nodeInfo: {
        architecture: 'amd64',
        bootID: uuid,
        containerRuntimeVersion: 'containerd://2.1.4',
        kernelVersion: '6.1.0-28-amd64',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.37.2',
        machineID: uuid.replaceAll('-', ''),
        operatingSystem: 'linux',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        systemUUID: uuid,
      },
    },
  }
}

export function nodeName(index: number): string {
  return `worker-${index}`
}

function conditions() {
  const [lastHeartbeatTime, lastTransitionTime] = [new Date(), new Date()]
  const times = { lastHeartbeatTime, lastTransitionTime }
  const fine = (type: string, reason: string, what: string) => ({
    type,
    status: 'False',
    reason,
    message: `kubelet has ${what}`,
    ...times,
  })
  return [
    fine('MemoryPressure', 'KubeletHasSufficientMemory', 'sufficient memory available'),
    fine('DiskPressure', 'KubeletHasNoDiskPressure', 'no disk pressure'),
    fine('PIDPressure', 'KubeletHasSufficientPID', 'sufficient PID available'),
    {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
      ...times,
    },
  ]
}
