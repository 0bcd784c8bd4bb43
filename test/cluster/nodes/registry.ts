import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { atEnd } from '../../at-end.ts'
import { freePorts } from '../../free-ports.ts'

/** A registry listens within a second, and much later on a busy machine. */
const mostTries = 2_400

/** Debian's docker-registry, by plain HTTP. */
export interface Registry {
  /** As it stands in an image's name: "10.101.3.1:5000". */
  readonly address: string
  stop(): Promise<void>
}

/** Listens on an address of this machine that the nodes reach; what is pushed to it ends with it. */
export async function startRegistry(host: string): Promise<Registry> {
  const [port = 0] = await freePorts(1)
  const address = `${host}:${port}`
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-registry-'))
  const config = join(folder, 'config.yml')
  const storage = { filesystem: { rootdirectory: join(folder, 'data') } }
  writeFileSync(
    config,
    JSON.stringify({ version: 0.1, log: { level: 'error' }, storage, http: { addr: address } }),
  )
  const program = execa('docker-registry', ['serve', config], { reject: false, stdio: 'ignore' })
  const end = atEnd(() => {
    program.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  const answers = () =>
    fetch(`http://${address}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    )
  // Whoever asks one that never listened is told so.
  for (let tries = 0; tries < mostTries && !(await answers()); tries++) await sleep(50)
  return {
    address,
    async stop() {
      program.kill()
      await program
      end()
    },
  }
}
