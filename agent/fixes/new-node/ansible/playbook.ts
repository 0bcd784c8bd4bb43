import { Document, Scalar, isMap, isScalar, visit } from 'yaml'
import type { Pair, YAMLMap } from 'yaml'
import { commentLines } from '#agent/fixes/new-node/comment-lines.ts'
import type { NewNodes } from '#agent/fixes/new-node/plan-new-nodes.ts'
import { lintIgnores } from './lint-ignores.ts'
import { shellModule } from './task.ts'
import type { Task } from './task.ts'
import { tasksOf } from './tasks.ts'

/** Columns at which commands are folded. */
const lineWidth = 120

/**
 * A playbook that needs no collection but Ansible's own. It is for the hosts of these distributions, and fails on others. A second run
 * changes nothing, and so says Ansible.
 */
export function ansiblePlaybook(nodes: readonly NewNodes[], version: string): string {
  const play = {
    name: `Install what nodes lack, by hostdeps ${version}`,
    hosts: 'all',
    become: true,
    gather_facts: false,
    tasks: [...chooseDistro(nodes), ...nodes.map(blockOf)],
  }
  const document = new Document([play], { aliasDuplicateObjects: false })
  visit(document, { Pair: (_, pair) => foldCommand(pair), Map: (_, map) => noteLint(map) })
  return `---\n${commentLines(aboutOf(nodes))}${document.toString({ lineWidth, singleQuote: true })}`
}

function aboutOf(nodes: readonly NewNodes[]): readonly string[] {
  const ofNodes = nodes.flatMap(({ distro, checks, steps }) => [
    `${distro}: ${checks.join(', ')}`,
    ...steps.flatMap(({ type, text }) => (type === 'note' ? [`Left to you: ${text}`] : [])),
  ])
  return [
    ...ofNodes,
    'What has changed_when: false may be run twice, and does not tell whether it changed something.',
  ]
}

function chooseDistro(nodes: readonly NewNodes[]): readonly Task[] {
  const names = nodes.map(({ distro }) => distro)
  return [
    {
      name: 'Read which distribution this is',
      [shellModule]: { cmd: '. /etc/os-release && printf %s "$ID"' },
      register: 'hostdeps_distro',
      changed_when: false,
      check_mode: false,
    },
    {
      name: 'Stop on a distribution that this is not for',
      'ansible.builtin.assert': {
        that: [`hostdeps_distro.stdout in [${names.map((name) => `'${name}'`).join(', ')}]`],
        fail_msg: `This is for ${names.join(', ')} alone.`,
        quiet: true,
      },
    },
  ]
}

function blockOf({ distro, facts, fix }: NewNodes): Task {
  return {
    name: `Set up ${distro}`,
    when: `hostdeps_distro.stdout == '${distro}'`,
    block: tasksOf(fix, facts),
  }
}

function foldCommand({ key, value }: Pair): void {
  if (!isScalar(key) || key.value !== 'cmd' || !isScalar(value) || typeof value.value !== 'string') return
  const lines = value.value.split('\n')
  const isLong = lines.some((line) => line.length > lineWidth)
  if (lines.length > 1) value.type = isLong ? Scalar.QUOTE_DOUBLE : Scalar.BLOCK_LITERAL
  else if (value.value.length > lineWidth / 2) value.type = Scalar.BLOCK_FOLDED
}

/** In the line of the task's name, where ansible-lint looks for it. */
function noteLint(map: YAMLMap): void {
  const command = ['ansible.builtin.shell', 'ansible.builtin.command']
    .map((name) => map.getIn([name, 'cmd']))
    .find((cmd) => typeof cmd === 'string')
  const name = map.items[0]?.value
  const rules = command === undefined ? [] : lintIgnores(command)
  if (rules.length > 0 && isMap(map) && isScalar(name)) name.comment = ` noqa: ${rules.join(' ')}`
}
