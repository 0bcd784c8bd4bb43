import type { Answer, KernelClock } from '#agent/model/question.ts'

/** More than struct timex of any 64-bit Linux, which is 208 bytes. */
const timexSize = 256
/** Where `int status` stands in it: after modes, offset, freq, maxerror and esterror. */
const statusAt = 40
/** https://man7.org/linux/man-pages/man2/adjtimex.2.html */
const unsynchronized = 0x40
const timeError = 5

/**
 * Whether the kernel counts its clock as synchronized: whoever sets it by a time server says so by adjtimex(2), and the
 * kernel takes it back when it has heard nothing for hours. There is one clock on a machine, so that we ask our own kernel;
 * to read it takes no privilege. No file tells it, timedatectl starts a service to tell it.
 */
export function askKernelClock(): Answer<KernelClock> {
  try {
    library ??= loadLibrary()
    const timex = Buffer.alloc(timexSize)
    return readTimex(library.functions.adjtimex(timex), timex)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { fate: 'failed', detail: `adjtimex cannot be called: ${why}` }
  }
}

/** @param state what the call returned; -1 when it failed */
export function readTimex(state: number, timex: Buffer): Answer<KernelClock> {
  if (state < 0) return { fate: 'failed', detail: 'adjtimex failed' }
  const isSynchronized = state !== timeError && (timex.readInt32LE(statusAt) & unsynchronized) === 0
  return { fate: 'found', value: { isSynchronized } }
}

/** Kept as a whole: what is no longer used is closed. */
let library: ReturnType<typeof loadLibrary> | undefined

/** `modes` is 0 in an empty buffer: nothing is set. Throws where Node.js has no node:ffi, or the system no such call. */
function loadLibrary() {
  const { emitWarning } = process
  // That it is experimental is nothing for the terminal of whoever asks a host.
  process.emitWarning = () => {}
  try {
    const ffi = process.getBuiltinModule('node:ffi')
    return ffi.dlopen(null, { adjtimex: { return: 'i32', arguments: ['pointer'] } })
  } finally {
    process.emitWarning = emitWarning
  }
}
