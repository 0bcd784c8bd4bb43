import { readJson } from './json.ts'
import { readFields, unquote } from './fields.ts'

/** A line of a log without what log formats put around its message. */
export interface Message {
  /** What the program said; with the error beside it where the format has one. */
  readonly text: string
  /** The same with ever more of the formats around it: the whole line is the last. */
  readonly layers: readonly string[]
  /** The program that said it, where the format tells: "kubelet". */
  readonly program: string | null
  /** What the container's runtime put into one line: of a long line it cuts, all but the last part are cut. null when it is no runtime's. */
  readonly part: { readonly stream: string; readonly text: string; readonly isCut: boolean } | null
}

/** Formats in formats: Docker's JSON holds the JSON of a logger. */
const deepest = 5

/** It never fails: a format that is not recognized, or cut off, is a message as it stands. */
export function unwrapLine(line: string): Message {
  let text = withoutColors(line).replace(/\r$/, '')
  let program: string | null = null
  let part: Message['part'] = null
  const layers = [text]
  for (let depth = 0; depth < deepest; depth++) {
    const inner = readFormat(text)
    if (inner === null || inner.text === text) break
    text = inner.text
    layers.unshift(text)
    program = inner.program ?? program
    if (inner.stream && part === null) part = { stream: inner.stream, text, isCut: inner.isCut ?? false }
    if (part?.isCut) break
  }
  return { text, layers, program, part }
}

function readFormat(text: string): Unwrapped | null {
  for (const format of formats) {
    const inner = format(text)
    if (inner !== null) return inner
  }
  return null
}

/** What a format holds; what it does not tell is absent. */
export interface Unwrapped {
  readonly text: string
  readonly program?: string | null
  readonly stream?: string | null
  readonly isCut?: boolean
}

type Format = (text: string) => Unwrapped | null

/** https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md */
function readCri(text: string): Unwrapped | null {
  const [whole, stream = '', mark] =
    /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d) (stdout|stderr) ([PF])(?: |$)/.exec(text) ?? []
  if (whole === undefined) return null
  return { text: text.slice(whole.length), stream, isCut: mark === 'P' }
}

/** What `kubectl logs --prefix` and `docker compose logs` put before a line, and `--timestamps` and loggers as time. */
function readPrefix(text: string): Unwrapped | null {
  const [whole] =
    /^(?:\[pod\/[^\]\s]+\] |[\w.-]+-\d+ +\| |\[? ?\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,]+(?:Z| ?[+-]\d\d:?\d\d| UTC)?\]?:? |\[ *\d+\.\d{6}\] )(?=\S)/.exec(
      text,
    ) ?? []
  return whole === undefined ? null : { text: text.slice(whole.length) }
}

/** https://github.com/kubernetes/klog: `E1129 13:17:48.123456       1 file.go:12] "Message" err="..."`. */
function readKlog(text: string): Unwrapped | null {
  const [whole] = /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w./-]+:\d+\] /.exec(text) ?? []
  return whole === undefined ? null : { text: unquote(text.slice(whole.length)) }
}

/** `Nov 29 13:17:48 host program[12]: message`, as journalctl and syslog print it; also with an ISO time. */
function readSyslog(text: string): Unwrapped | null {
  const [whole, program = ''] =
    /^(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)) \S+ ([\w@.\\/:-]+?|\([^)\s]+\))(?:\[\d+\])?: /.exec(
      text,
    ) ?? []
  return whole === undefined ? null : { text: text.slice(whole.length), program }
}

/** zap's console: time, level, logger, place, message and JSON with tabs between. */
function readZapConsole(text: string): Unwrapped | null {
  if (!text.includes('\t')) return null
  const [whole] =
    /^[^\t{]{0,40}\t?(?:DEBUG|INFO|WARN|ERROR|DPANIC|PANIC|FATAL|debug|info|warn|error|fatal)\t/.exec(text) ??
    []
  if (whole === undefined) return null
  const parts = text.slice(whole.length).split('\t')
  return {
    text: parts
      .map((part) => (part.startsWith('{') ? (readJson(part)?.text ?? unquote(part)) : part))
      .join(' '),
  }
}

function readLogfmt(text: string): Unwrapped | null {
  const said = readFields(text)
  return said === null ? null : { text: said }
}

const formats: readonly Format[] = [
  readCri,
  readJson,
  readKlog,
  readSyslog,
  readLogfmt,
  readZapConsole,
  readPrefix,
]

/** Escape sequences of terminals, also as JSON without a parser has them. */
function withoutColors(text: string): string {
  if (!/\u001b|\\u001b|\\x1b/i.test(text)) return text
  return text.replace(
    /(?:\u001b|\\u001b|\\x1b)(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/gi,
    '',
  )
}
