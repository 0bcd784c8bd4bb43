import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { plainLine } from '#agent/model/plain.ts'

/** Bytes read at a time. */
const most = 65_536

/** Passes on what is added to a file from now on, line by line; the last line once it is whole. */
export function createLogReader(path: string, tell: (line: string) => void): { read: () => void } {
  let at = sizeOf(path)
  let rest = ''
  return {
    read() {
      for (let piece = readFrom(path, at); piece.length > 0; piece = readFrom(path, at)) {
        at += piece.length
        const lines = (rest + piece.toString()).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) tell(plainLine(line.replace(/^.*\r(?=.)/s, '')))
      }
    },
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
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
