import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { execa } from 'execa'

export interface Api {
  /** "http://127.0.0.1:40001" */
  readonly address: string
  /** Rejects when it has not ended well. */
  stop(): Promise<void>
}

/** Starts api-server.ts. */
export async function startApi(): Promise<Api> {
  const script = new URL('api-server.ts', import.meta.url).pathname
  const child = execa(process.execPath, [script], { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' })
  const [address] = (await Promise.race([once(createInterface(child.stdout), 'line'), child])) as [string]
  return {
    address,
    async stop() {
      child.stdin.end()
      await child
    },
  }
}
