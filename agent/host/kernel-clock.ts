import type { Answer, KernelClock } from '#agent/model/question.ts'

/** Bytes; struct timex has 208 on any 64-bit Linux. */
const timexSize = 256
/** Offset of `int status`: after modes, offset, freq, maxerror and esterror. */
const statusAt = 40
/** https://man7.org/linux/man-pages/man2/adjtimex.2.html */
const unsynchronized = 0x40
const timeError = 5

/**
 * Whether the kernel considers its clock synchronized: a time service says so with adjtimex(2), and the kernel withdraws it
 * after hours without an update. A machine has one clock, so we ask our own kernel; reading takes no privilege. No file
 * shows it, and timedatectl would start a service to do so.
 */
export function askKernelClock(): Answer<KernelClock> {
  try {
    library ??= loadLibrary()
    const timex = Buffer.alloc(timexSize)
    return readTimex(library.functions.adjtimex(timex), timex)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { fate: 'failed', detail: `adjtimex could not be called: ${why}` }
  }
}

/** @param state the call's return value; -1 when it failed */
export function readTimex(state: number, timex: Buffer): Answer<KernelClock> {
  if (state < 0) return { fate: 'failed', detail: 'adjtimex failed' }
  const isSynchronized = state !== timeError && (timex.readInt32LE(statusAt) & unsynchronized) === 0
  return { fate: 'found', value: { isSynchronized } }
}

/** The whole object is kept: the library is closed once it is garbage. */
let library: ReturnType<typeof loadLibrary> | undefined

/** `modes` is 0 in an empty buffer, so nothing is set. Throws when Node.js has no node:ffi, or the system no such call. */
function loadLibrary() {
  const { emitWarning } = process
  // Users need not see the warning that node:ffi is experimental.
  process.emitWarning = () => {}
  try {
    const ffi = process.getBuiltinModule('node:ffi')
    return ffi.dlopen(null, { adjtimex: { return: 'i32', arguments: ['pointer'] } })
  } finally {
    process.emitWarning = emitWarning
  }
}
