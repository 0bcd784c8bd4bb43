import { execa, execaSync } from 'execa'

const script = new URL('hungfuse.py', import.meta.url).pathname

/** A mount on which everything hangs, as on an NFS server that is gone; for root alone. */
export async function mountHungFuse(place: string): Promise<{ unmount(): Promise<void> }> {
  const server = execa('python3', [script, place], { reject: false, buffer: { stdout: false } })
  const clean = () => {
    // Killing the server ends the connection, so that whoever hangs on it gets an error.
    server.kill('SIGKILL')
    execaSync('umount', ['-l', place], { reject: false })
  }
  process.once('exit', clean)
  await new Promise((resolve, reject) => {
    server.stdout.once('data', resolve)
    void server.then(({ stderr }) => reject(new Error(`the FUSE server ended: ${stderr}`)))
  })
  return {
    async unmount() {
      clean()
      process.off('exit', clean)
      await server
    },
  }
}
