export interface WorkflowCommand {
  readonly command: string
  readonly properties: Readonly<Record<string, string>>
  readonly message: string
}

export interface WorkflowLog {
  readonly commands: readonly WorkflowCommand[]
  /** Lines that a runner only shows. */
  readonly others: readonly string[]
}

const known = ['error', 'warning', 'notice', 'debug', 'group', 'endgroup']

/**
 * Reads output as GitHub's runner does (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs): a command is a
 * line that begins with "::", and of old also "##[command]" anywhere in a line. Throws where another command than an annotation
 * would be obeyed.
 */
export function readWorkflow(output: string): WorkflowLog {
  const commands: WorkflowCommand[] = []
  const others: string[] = []
  for (const line of output.split(/\r\n|\r|\n/)) {
    const read = readCommand(line)
    if (read !== null) commands.push(read)
    else if (line.includes('##[')) throw new Error(`an old command: ${line}`)
    else others.push(line)
  }
  return { commands, others }
}

function readCommand(line: string): WorkflowCommand | null {
  const trimmed = line.trimStart()
  const end = trimmed.indexOf('::', 2)
  if (!trimmed.startsWith('::') || end < 0) return null
  const [command = '', ...rest] = trimmed.slice(2, end).split(' ')
  if (!known.includes(command)) throw new Error(`the command ${command}`)
  const pairs = rest.join(' ').trim().split(',').filter(Boolean)
  const properties = pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name.trim(), unescape(value.join('='), propertyEscapes)]
  })
  return {
    command,
    properties: Object.fromEntries(properties),
    message: unescape(trimmed.slice(end + 2), dataEscapes),
  }
}

/** In the runner's order: what was a percent sign is one last. */
const dataEscapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
] as const
const propertyEscapes = [...dataEscapes.slice(0, 2), ['%3A', ':'], ['%2C', ','], ['%25', '%']] as const

function unescape(text: string, escapes: readonly (readonly [string, string])[]): string {
  return escapes.reduce((read, [escaped, plain]) => read.replaceAll(escaped, plain), text)
}
