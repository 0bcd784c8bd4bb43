/** Always the same numbers from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const words =
  'Started container for pod in namespace kube-system volume mounted successfully reconciler sync loop update status of node ready lease renewed endpoint slice controller watch closed with error retry queue depth'.split(
    ' ',
  )

/** Lines as a node's programs write them when all is well, about 130 bytes each: klog, zap, logrus, journald, an access log. */
export function ordinaryLog(bytes: number): Buffer {
  const random = randomFrom(17)
  const say = () => Array.from({ length: 10 }, () => words[Math.floor(random() * words.length)]).join(' ')
  const formats = [
    (n: number) =>
      `I1129 13:${n % 60}:12.${n}    1234 reconciler.go:${n % 900}] "${say()}" pod="kube-system/coredns-${n}" volumeName="config-volume"`,
    (n: number) =>
      `{"level":"info","ts":"2026-11-29T13:00:${n % 60}.123Z","caller":"etcdserver/server.go:123","msg":"${say()}","took":"${n}ms"}`,
    (n: number) => `time="2026-11-29T13:00:00.123456789Z" level=info msg="${say()}" id=${n}`,
    (n: number) => `Nov 29 13:17:48 node1 kubelet[812]: I1129 13:17:48.${n} 812 kubelet.go:${n}] ${say()}`,
    (n: number) =>
      `10.0.0.${n % 255} - - [29/Nov/2026:13:00:00 +0000] "GET /api/v1/namespaces/default/pods/${n} HTTP/1.1" 200 ${n} "-" "kube-probe/1.37"`,
  ]
  const lines: string[] = []
  for (let [n, size] = [0, 0]; size < bytes; n++) {
    const line = formats[n % formats.length]?.(n) ?? ''
    lines.push(line)
    size += line.length + 1
  }
  return Buffer.from(`${lines.join('\n')}\n`)
}

/** Lines of which each holds the literal of some pattern, and none matches. */
export function candidateLog(bytes: number): Buffer {
  const near = [
    'nsenter: failed to execute nothing at all',
    'modprobe: FATAL: Module is what it said',
    'open /dev/kvm: it went well',
    'MountVolume.SetUp failed for volume "data" : timed out',
    'Insufficient memory and insufficient cpu',
  ]
  const lines = near.map(
    (text, index) => `2026-11-29T13:17:48.123456789Z stderr F E1129 13:17:48.123456 1 a.go:${index}] ${text}`,
  )
  const block = `${lines.join('\n')}\n`
  return Buffer.from(block.repeat(Math.ceil(bytes / block.length)))
}
