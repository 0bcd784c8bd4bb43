import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeletNode } from '../cluster/nodes/kubelet-node.ts'

/** The inspector, with its sockets and its thread, is gone by then. Milliseconds. */
const closes = 500

/** Runs beside the agent, in its container: asks Node.js' inspector to collect all garbage, prints what is left, and closes it. */
const script = `
const [{ webSocketDebuggerUrl }] = await (await fetch('http://127.0.0.1:9229/json/list')).json()
const socket = new WebSocket(webSocketDebuggerUrl)
await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }))
const answers = new Map()
socket.onmessage = ({ data }) => {
  const { id, result } = JSON.parse(data)
  answers.get(id)(result)
}
const ask = (method, params) =>
  new Promise((resolve) => {
    const id = answers.size + 1
    answers.set(id, resolve)
    socket.send(JSON.stringify({ id, method, params }))
  })
await ask('HeapProfiler.collectGarbage')
const { usedSize } = await ask('Runtime.getHeapUsage')
const close = "setTimeout(() => process.getBuiltinModule('node:inspector').close(), 100)"
await ask('Runtime.evaluate', { expression: close })
socket.close()
console.log(usedSize)
`

/**
 * What an agent's heap holds once all garbage is collected, MiB. What is resident says less: V8 collects rarely while the heap is
 * below its limit. Rejects with what was said.
 */
export async function liveHeap({ host }: KubeletNode, pid: string): Promise<number> {
  const argv = ['nsenter', '-t', pid, '-n', '-m', 'env', '-u', 'NODE_OPTIONS', 'node', '--input-type=module']
  for (let tries = 10; ; tries--) {
    // Again, since the inspector does not start while that of the pod's other half still holds the port.
    await host.exec(['kill', '-USR1', pid])
    const { exitCode, stdout, stderr } = await host.exec([...argv, '-e', script])
    if (exitCode === 0) {
      await sleep(closes)
      return Number(stdout) / 2 ** 20
    }
    if (tries === 0) throw new Error(`the inspector of process ${pid} does not answer: ${stdout}${stderr}`)
  }
}
