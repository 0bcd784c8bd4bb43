import { existsSync, readFileSync } from 'node:fs'
import { execa, execaSync } from 'execa'
import { atEnd } from '../at-end.ts'

const script = new URL('hungfuse.py', import.meta.url).pathname

/**
 * A mount on which everything hangs, as on an NFS server that is gone; for root alone. With `inside`, the host pid of a
 * process, it is mounted in that one's mount namespace and the place is a path there.
 */
export function mountHungFuse(place: string, inside?: number): Promise<{ unmount(): Promise<void> }> {
  return mountFuse([script, place, ...(inside === undefined ? [] : [String(inside)])], { place, inside })
}

/** A mount that tells its space: 10,000 blocks of 4 KiB, though it is best read and written by the MiB. */
export function mountSpaceFuse(place: string): Promise<{ unmount(): Promise<void> }> {
  return mountFuse([script, place, '--space'], { place, inside: undefined })
}

async function mountFuse(
  argv: readonly string[],
  { place, inside }: { place: string; inside: number | undefined },
): Promise<{ unmount(): Promise<void> }> {
  const server = execa('python3', argv, { reject: false, buffer: { stdout: false } })
  const clean = atEnd(() => {
    // Killing the server ends the connection, so that whoever hangs on it gets an error.
    server.kill('SIGKILL')
    takeAway(place, inside)
  })
  try {
    await new Promise((resolve, reject) => {
      server.stdout.once('data', resolve)
      void server.then(({ stderr }) => reject(new Error(`the FUSE server ended: ${stderr}`)))
    })
  } catch (error) {
    clean()
    throw error
  }
  return {
    async unmount() {
      clean()
      await server
    },
  }
}

/** Unmounts what a killed run left in this machine's namespace: the source of each tells its server. */
export function sweepHungMounts(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const dead = lines.flatMap((line) => {
    const [, place, server] = /^(?:\S+ ){4}(\S+) .* - fuse\.hung hostdeps-hung-(\d+) /.exec(line) ?? []
    return place === undefined || existsSync(`/proc/${server}`) ? [] : [place]
  })
  for (const place of dead) takeAway(place)
  return dead
}

function takeAway(place: string, inside?: number): void {
  // By its path: a search of the PATH may meet the very mount that hangs.
  const umount = ['/bin/umount', '-l', place] as const
  if (inside === undefined) execaSync(umount[0], umount.slice(1), { reject: false })
  // umount asks /proc/self, which is the host's, so it must be a process of the host.
  else execaSync('nsenter', ['-t', String(inside), '-m', '-p', '--', ...umount], { reject: false })
}
