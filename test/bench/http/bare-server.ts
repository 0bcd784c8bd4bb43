import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An answer of the agent, to be given again. */
export interface BareAnswer {
  /** Names and values, one after the other. */
  readonly head: readonly string[]
  /** In base64. */
  readonly body: string
}

/**
 * What Node.js itself can do: a process that is told answers, and gives the first for /0, the second for /1. Of the agent's settings
 * it has the one that adds a header.
 */
process.once('message', (answers: readonly BareAnswer[]) => {
  const made = new Map(answers.map(({ head, body }, index) => [`/${index}`, { head, body: bodyOf(body) }]))
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const answer = made.get(request.url ?? '')
    if (answer === undefined) response.writeHead(404).end()
    else response.writeHead(200, [...answer.head]).end(answer.body)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
})
process.once('disconnect', () => process.exit(0))

/** As a string where it is text: Node.js writes it with the head then, at once. */
function bodyOf(base64: string): string | Buffer {
  const bytes = Buffer.from(base64, 'base64')
  const text = bytes.toString()
  return Buffer.from(text).equals(bytes) ? text : bytes
}
