import { readJson } from './unwrap-json.ts'
import { readFields, unquote } from './unwrap-fields.ts'

/** A line of a log without what log formats put around its message. */
export interface Message {
  /** What the program said; with the error beside it where the format has one. */
  readonly text: string
  /** The program that said it, where the format tells: "kubelet". */
  readonly program: string | null
  /** The stream of a line that the container runtime cut, and that goes on in the next one of this stream; else null. */
  readonly cut: string | null
  /** The container's stream, where the format tells. */
  readonly stream: string | null
}

/** Formats in formats: Docker's JSON holds the JSON of a logger. */
const deepest = 5

/** It never fails: a format that is not recognized, or cut off, is a message as it stands. */
export function unwrapLine(line: string): Message {
  let message: Message = { text: withoutColors(line).trimEnd(), program: null, cut: null, stream: null }
  for (let depth = 0; depth < deepest; depth++) {
    const inner = formats.reduce<Partial<Message> | null>(
      (found, format) => found ?? format(message.text),
      null,
    )
    if (inner === null) break
    message = { ...message, ...inner, text: (inner.text ?? message.text).trimEnd() }
  }
  return message
}

type Format = (text: string) => Partial<Message> | null

/** https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md */
function readCri(text: string): Partial<Message> | null {
  const [whole, stream = '', mark] =
    /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d) (stdout|stderr) ([PF])(?: |$)/.exec(text) ?? []
  if (whole === undefined) return null
  return { text: text.slice(whole.length), stream, cut: mark === 'P' ? stream : null }
}

/** What `kubectl logs --prefix` and `docker compose logs` put before a line, and `--timestamps` and loggers as time. */
function readPrefix(text: string): Partial<Message> | null {
  const [whole] =
    /^(?:\[pod\/[^\]\s]+\] |[\w.-]+-\d+ +\| |\[? ?\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,]+(?:Z| ?[+-]\d\d:?\d\d| UTC)?\]?:? |\[ *\d+\.\d{6}\] )(?=\S)/.exec(
      text,
    ) ?? []
  return whole === undefined ? null : { text: text.slice(whole.length) }
}

/** https://github.com/kubernetes/klog: `E1129 13:17:48.123456       1 file.go:12] "Message" err="..."`. */
function readKlog(text: string): Partial<Message> | null {
  const [whole] = /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w./-]+:\d+\] /.exec(text) ?? []
  return whole === undefined ? null : { text: unquote(text.slice(whole.length)) }
}

/** `Nov 29 13:17:48 host program[12]: message`, as journalctl and syslog print it; also with an ISO time. */
function readSyslog(text: string): Partial<Message> | null {
  const [whole, program = ''] =
    /^(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)) \S+ ([\w@.\\/:-]+?|\([^)\s]+\))(?:\[\d+\])?: /.exec(
      text,
    ) ?? []
  return whole === undefined ? null : { text: text.slice(whole.length), program }
}

/** zap's console: time, level, logger, place, message and JSON with tabs between. */
function readZapConsole(text: string): Partial<Message> | null {
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

function readLogfmt(text: string): Partial<Message> | null {
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
