import { connect } from 'node:net'
import { onTestFinished } from 'vitest'

/** What came back for bytes that no client library would send. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** Sends them as they are, and reads until an answer is whole; rejects when the connection ends before. */
export async function sendRaw(address: string, request: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.write(request)
  let text = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    text += chunk
    const answer = parse(text, !request.startsWith('HEAD '))
    if (answer !== null) return answer
  }
  throw new Error(`no whole answer came: ${JSON.stringify(text)}`)
}

function parse(text: string, hasBody: boolean): RawAnswer | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [status = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Headers(lines.map((line) => line.split(/: /, 2) as [string, string]))
  const length = hasBody ? Number(headers.get('content-length') ?? NaN) : 0
  const body = text.slice(end + 4)
  return body.length === length ? { status: Number(status.split(' ')[1]), headers, body } : null
}
