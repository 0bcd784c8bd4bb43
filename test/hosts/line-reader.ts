import type { Socket } from 'node:net'

/** Lines that come from a machine, one asked for at a time. */
export class LineReader {
  readonly #socket: Socket
  #text = ''
  #wake = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8').on('data', (part: string) => {
      this.#text += part
      this.#wake()
    })
    socket.on('error', () => {})
  }

  write(text: string): void {
    this.#socket.write(text)
  }

  async next(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf('\n')
      if (end !== -1) {
        const line = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 1)
        return line
      }
      await new Promise<void>((wake) => (this.#wake = wake))
    }
  }
}
