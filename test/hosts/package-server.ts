import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'

/** A repository of packages on a network of a test. */
export interface PackageServer {
  readonly port: number
  stop(): Promise<void>
}

/** Serves the files of the folders in a folder, a repository each, and nothing else. */
export async function servePackages(folder: string, address: string): Promise<PackageServer> {
  const server = createServer((request, response) => {
    const [suite = '', ...rest] = decodeURIComponent(request.url ?? '')
      .split('/')
      .filter((part) => part !== '' && part !== '.')
    const file = join(folder, basename(suite), ...rest.map((part) => basename(part)))
    if (rest.length === 0 || !existsSync(file)) response.writeHead(404).end()
    else
      createReadStream(file)
        .on('error', () => response.destroy())
        .pipe(response.writeHead(200))
  })
  await new Promise<void>((done) => server.listen(0, address, done))
  const place = server.address()
  if (place === null || typeof place === 'string') throw new Error('the server has no port')
  return {
    port: place.port,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
