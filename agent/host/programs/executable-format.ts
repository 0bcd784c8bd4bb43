import { closeSync, constants, openSync, readSync } from 'node:fs'

/** Bytes of an ELF header through e_machine, elf(5). */
const headLength = 20
/** e_machine of the programs that a processor runs: 62 and 3 are x86-64 and its 32-bit form, 183 and 40 those of ARM. */
const machines: Readonly<Record<string, readonly number[]>> = { x64: [62, 3], arm64: [183, 40] }

/**
 * Whether the kernel runs a file by itself: a script with its interpreter, or a program for this processor. execvp(3),
 * through which both Node.js and nsenter start programs, hands anything else to /bin/sh, line by line.
 */
export function isExecutableFormat(place: string): boolean {
  const head = readHead(place)
  if (head === null || head.subarray(0, 2).toString('latin1') === '#!') return true
  if (head.subarray(0, 4).toString('latin1') !== '\u007fELF') return false
  const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)
  return machines[process.arch]?.includes(machine) ?? true
}

/** null when the file cannot be read: then running it will show why. */
function readHead(place: string): Buffer | null {
  try {
    const handle = openSync(place, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    try {
      const head = Buffer.alloc(headLength)
      readSync(handle, head, 0, headLength, 0)
      return head
    } finally {
      closeSync(handle)
    }
  } catch {
    return null
  }
}
