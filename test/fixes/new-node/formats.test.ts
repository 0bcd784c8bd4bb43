import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { fixDaemonSet } from '#agent/cluster/fix/daemon-set.ts'
import { ansiblePlaybook } from '#agent/fixes/new-node/ansible/playbook.ts'
import { cloudInit } from '#agent/fixes/new-node/cloud-init.ts'
import { ignition } from '#agent/fixes/new-node/ignition.ts'
import { partsOf } from '#agent/fixes/new-node/plan-new-nodes.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { allChecks, allKinds, planOf } from './made-likes.ts'

const version = '0.0.0'
const checks = ['elasticsearch', 'open-iscsi']
const { nodes } = planOf(['debian', 'rocky'], checks)
const several = planOf(
  ['debian', 'fedora', 'alpine'],
  ['elasticsearch', 'longhorn', 'no-firewalld', 'zfs'],
).nodes
const script = fixScript(partsOf(nodes), { version, repair: false })
const daemonSet = () =>
  fixDaemonSet({
    script,
    checks,
    image: 'example.com/hostdeps:1',
    about: partsOf(nodes).flatMap(({ about }) => about),
    version,
  })

describe('what is printed', () => {
  test.each([
    ['cloud-init.yaml', cloudInit(script, version)],
    ['ansible.yaml', ansiblePlaybook(several, version)],
    ['ignition.json', ignition(script)],
    ['daemonset.yaml', daemonSet()],
  ])('%s', async (file, text) => {
    const shown = text.replaceAll(/(?<=--script=|base64,)[\w+/=]+/g, '…')
    await expect(shown).toMatchFileSnapshot(`golden/${file}`)
  })
})

describe('the script in it is whole', () => {
  test('for cloud-init', () => {
    const data = parse(cloudInit(script, version))
    expect(data.write_files[0].content).toBe(script)
    expect(data.runcmd).toEqual([['/bin/sh', data.write_files[0].path]])
  })

  test('for Ignition', async () => {
    const config = JSON.parse(ignition(script))
    const [file] = config.storage.files
    expect(await (await fetch(file.contents.source)).text()).toBe(script)
    expect(config.systemd.units[0].contents).toContain(`ExecStart=/bin/sh ${file.path}\n`)
  })

  test('for the DaemonSet, and shown above it', () => {
    const [, , object] = parseAllDocuments(daemonSet()).map((document) => document.toJS())
    const [{ args }] = object.spec.template.spec.initContainers
    const [, base64 = ''] =
      /^--script=(.*)$/.exec(args.find((arg: string) => arg.startsWith('--script='))) ?? []
    expect(Buffer.from(base64, 'base64').toString()).toBe(script)
    const shown = daemonSet()
      .split('\n')
      .filter((line) => /^#( {3}|$)/.test(line))
      .map((line) => line.slice(4))
      .join('\n')
    expect(shown).toContain(script.trimEnd())
  })
})

interface PlayTask {
  readonly name: string
  readonly block?: readonly PlayTask[]
  readonly [module: string]: unknown
}

const tasksIn = (tasks: readonly PlayTask[]): readonly PlayTask[] =>
  tasks.flatMap((task) => [task, ...tasksIn(task.block ?? [])])

describe('a playbook', () => {
  const whole = ansiblePlaybook(planOf(allKinds, allChecks).nodes, version)
  const [play] = parse(whole)
  const tasks = tasksIn(play.tasks)
  const moduleOf = (task: PlayTask) => Object.keys(task).find((key) => key.includes('.'))

  test("uses Ansible's own modules alone", () => {
    const modules = new Set(tasks.flatMap((task) => moduleOf(task) ?? []))
    for (const module of modules) expect(module).toMatch(/^ansible\.builtin\./)
    expect([...modules]).toEqual(
      expect.arrayContaining(
        ['apt', 'dnf', 'copy', 'systemd_service'].map((name) => `ansible.builtin.${name}`),
      ),
    )
  })

  test('says of every command whether it changes something', () => {
    const commands = tasks.filter((task) => /\.(shell|command)$/.test(moduleOf(task) ?? ''))
    for (const task of commands) expect(task).toHaveProperty('changed_when')
  })

  test('holds the commands of the checks as they are, whatever of them is a template', () => {
    const commands = [
      `echo "{{ 7 * 7 }} {% raw %} {# x #} \${#PATH} {} }}" '$x' > /tmp/x; ${'true '.repeat(60)}end`,
      `printf 'one\n  two {{ x }}\n' > /tmp/y`,
      `printf 'one\n  two {{ x }}\n' > /tmp/y # ${'long '.repeat(40)}end`,
    ]
    const made = nodes.slice(0, 1).map((one) => ({ ...one, fix: { run: commands } }))
    const [read] = parse(ansiblePlaybook(made, version))
    const found = tasksIn(read.tasks).flatMap((task) => {
      const shell = task['ansible.builtin.shell'] as { cmd: string } | undefined
      return shell === undefined || task['register'] !== undefined ? [] : [shell.cmd]
    })
    // As Jinja reads it, of which no more than a quoted brace is used.
    expect(found.map((text) => text.replaceAll("{{ '{' }}", '{'))).toEqual(commands)
    for (const text of found) expect(text.replaceAll("{{ '{' }}", '')).not.toMatch(/\{[{%#]/)
    for (const { name } of tasksIn(read.tasks)) expect(name).not.toMatch(/[{}]/)
  })
})

describe('the DaemonSet', () => {
  const [namespace, account, object] = parseAllDocuments(daemonSet()).map((document) => document.toJS())
  const pod = object.spec.template.spec

  test('has a namespace of its own, and an account without a right or a token', () => {
    expect(namespace.metadata).toMatchObject({
      name: 'hostdeps-fix',
      labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
    })
    expect(account).toMatchObject({
      automountServiceAccountToken: false,
      metadata: { namespace: 'hostdeps-fix' },
    })
    expect(pod).toMatchObject({
      serviceAccountName: account.metadata.name,
      automountServiceAccountToken: false,
    })
  })

  test('goes where any of the checks is missing, and nowhere else', () => {
    const { nodeSelectorTerms } = pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution
    expect(nodeSelectorTerms).toEqual(
      checks.map((check) => ({
        matchExpressions: [{ key: `hostdeps.dev/${check}`, operator: 'In', values: ['missing'] }],
      })),
    )
    expect(pod.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' })
  })

  test('is privileged only until it is done', () => {
    expect(pod.initContainers[0].securityContext.privileged).toBe(true)
    expect(pod.containers).toHaveLength(1)
    expect(pod.containers[0].securityContext).toMatchObject({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(pod.containers[0].volumeMounts).toBeUndefined()
  })

  test('is of no Service of ours', () => {
    expect(object.spec.template.metadata.labels).toEqual({ 'app.kubernetes.io/name': 'hostdeps-fix' })
  })
})
