import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { plainLine } from '#agent/model/plain.ts'

/** Bytes read at a time. */
const most = 65_536

export interface LogReader {
  /** Passes on the lines that are whole by now. */
  read(): void
  /** Also the last line, whole or not. */
  end(): void
}

/** Passes on a file as it grows, line by line. Of a line that a program wrote over, as progress is shown, the last state. */
export function createLogReader(path: string, tell: (line: string) => void): LogReader {
  const decoder = new StringDecoder()
  let at = 0
  let rest = ''
  const tellLine = (line: string) => tell(plainLine(line.replace(/^.*\r(?=.)/s, '')))
  const read = () => {
    for (let piece = readFrom(path, at); piece.length > 0; piece = readFrom(path, at)) {
      at += piece.length
      const lines = (rest + decoder.write(piece)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) tellLine(line)
    }
  }
  return {
    read,
    end() {
      read()
      if (rest !== '') tellLine(rest)
    },
  }
}

function readFrom(path: string, at: number): Buffer {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return Buffer.alloc(0)
  }
  try {
    const size = Math.min(most, Math.max(fstatSync(file).size - at, 0))
    const piece = Buffer.alloc(size)
    return piece.subarray(0, readSync(file, piece, 0, size, at))
  } finally {
    closeSync(file)
  }
}
