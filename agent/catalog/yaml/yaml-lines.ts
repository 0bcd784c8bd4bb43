import { LineCounter, parseDocument } from 'yaml'
import type * as z from 'zod'
import type { SourcePlace } from '#agent/model/need.ts'
import type { Mistake } from './mistake.ts'
import { didYouMean } from './mistake.ts'
import { valueFaults } from './plain-values.ts'
import { keysAt } from './schema-keys.ts'
import { refuseYaml } from './yaml-scan.ts'
import { tidy, offsetsIn } from './yaml-tree.ts'
import type { Path } from './yaml-tree.ts'

/** A YAML file as plain values that still knows the line of each value. */
export interface YamlFile {
  readonly file: string
  readonly value: unknown
  placeOf(path: Path): SourcePlace
  mistake(path: Path, message: string): Mistake
}

/**
 * Reads one YAML document, and returns all its syntax mistakes at once. A text that needs more memory than a process has is
 * refused before it is parsed, and values that do before they are checked.
 */
export function parseYaml(file: string, text: string): { yaml: YamlFile } | { mistakes: Mistake[] } {
  const refusal = refuseYaml(text)
  if (refusal !== null) return { mistakes: [{ file, path: '', ...refusal }] }
  const lines = new LineCounter()
  const document = parseWith(lines, text)
  const lineAt = (offset: number) => lines.linePos(offset).line
  const faults = [
    ...document.errors.map(({ pos, message }) => ({ offset: pos[0], message: message.replace(/\s+/g, ' ') })),
    ...tidy(document),
  ]
  if (faults.length > 0)
    return {
      mistakes: faults.map(({ offset, message }) => ({ file, line: lineAt(offset), path: '', message })),
    }
  const offsetOf = offsetsIn(document)
  const yaml = fileOf(file, document.toJS({ maxAliasCount: -1 }), (path) => lineAt(offsetOf(path)))
  const mistakes = valueFaults(yaml.value).map(({ path, message }) => yaml.mistake(path, message))
  return mistakes.length > 0 ? { mistakes } : { yaml }
}

/** We compare keys ourselves: the parser does it in quadratic time. No stack traces: nobody reads those of a mistake. */
function parseWith(lineCounter: LineCounter, text: string) {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      merge: false,
      uniqueKeys: false,
      schema: 'core',
      logLevel: 'error',
    })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function fileOf(file: string, value: unknown, lineOf: (path: Path) => number): YamlFile {
  return {
    file,
    value,
    placeOf: (path) => ({ file, line: lineOf(path) }),
    mistake: (path, message) => ({ file, line: lineOf(path), path: showPath(path), message }),
  }
}

/** The same for a document whose values are already known: its text is read and parsed only when a line is needed. */
export function knownYaml(file: string, value: unknown, text: () => string): YamlFile {
  let lines: ((path: Path) => number) | null = null
  const lineOf = (path: Path) => (lines ??= linesOf(file, text()))(path)
  return {
    file,
    value,
    placeOf: (path) => ({
      file,
      get line() {
        return lineOf(path)
      },
    }),
    mistake: (path, message) => ({ file, line: lineOf(path), path: showPath(path), message }),
  }
}

function linesOf(file: string, text: string): (path: Path) => number {
  const parsed = parseYaml(file, text)
  return (path) => ('yaml' in parsed ? parsed.yaml.placeOf(path).line : 1)
}

/** Validates a value of the file: returns it, or every mistake with its line and the closest known key. */
export function checkShape<S extends z.ZodType>(
  yaml: YamlFile,
  at: { path: Path; value: unknown },
  schema: S,
): { value: z.output<S> } | { mistakes: Mistake[] } {
  const result = schema.safeParse(at.value, { reportInput: true })
  if (result.success) return { value: result.data }
  return {
    mistakes: result.error.issues.flatMap((issue) => explainIssue(yaml, { base: at.path, schema }, issue)),
  }
}

interface Held {
  readonly base: Path
  readonly schema: z.ZodType
}

function explainIssue(yaml: YamlFile, held: Held, issue: z.core.$ZodIssue): Mistake[] {
  const within = issue.path.map((key) => (typeof key === 'number' ? key : String(key)))
  const path = [...held.base, ...within]
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(held.schema, within)
    return issue.keys.map((key) => yaml.mistake([...path, key], `unknown key${didYouMean(key, known)}`))
  }
  const nearest = issue.code === 'invalid_union' ? nearestOption(issue.errors) : []
  if (nearest.length === 0) return [yaml.mistake(path, plainMessage(issue))]
  return nearest.flatMap((inner) =>
    explainIssue(yaml, held, { ...inner, path: [...issue.path, ...inner.path] }),
  )
}

/** The option that the writer meant: of those with the right type, the one whose mistakes are deepest. */
function nearestOption(options: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const sameType = options.filter((issues) => !issues.some(isOtherType))
  return sameType.toSorted((a, b) => depth(b) - depth(a))[0] ?? []
}

function isOtherType(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length))
}

function plainMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return `is required here (${issue.expected})`
  // Replaces zod's default message, but not one from the schema.
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid'))
    return `must be one of: ${issue.values.map(String).join(', ')}`
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  return issue.message.replace(/^Invalid input: /, '')
}

function showPath(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')
}
