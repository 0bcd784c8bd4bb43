import { execa } from 'execa'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hostdeps } from '../hosts/cli.ts'
import { fakeApi, kubeConfigFor, status, writeKubeConfig } from '../kube/fake-api.ts'
import { main } from '../hostdeps-main.ts'

const complete = async (...words: string[]) => {
  const { stdout } = await hostdeps('__complete', ...words)
  const lines = stdout.split('\n')
  return { words: lines.slice(0, -1).map((line) => line.split('\t')[0]), directive: lines.at(-1) }
}

test.each<[string[], string[], string]>([
  [['no'], ['nodes'], ':4'],
  [['nodes', '--wa'], ['--watch'], ':4'],
  [['nodes', '-o', 'w'], ['wide'], ':4'],
  [['nodes', '--state', ''], ['missing', 'unknown', 'ready', 'not-applicable'], ':4'],
  [['nodes', '--check', 'open-i'], ['open-iscsi'], ':4'],
  [['wait', '--for', 'open-iscsi=r'], ['open-iscsi=ready'], ':4'],
  [['wait', '--url', 'http://x', 'open-i'], ['open-iscsi'], ':4'],
  [['su'], ['suggest'], ':4'],
  [['suggest', '-o', 'j'], ['json'], ':4'],
  [['suggest', ''], [], ':4'],
  [['restart', ''], [], ':4'],
  [['restart', '--check', 'open-i'], ['open-iscsi'], ':4'],
  [['restart', '--dry-run', ''], ['client', 'server'], ':4'],
  [['checks', 'sh'], ['show'], ':4'],
  [['checks', 'show', 'open-i'], ['open-iscsi'], ':4'],
  [['completion', 'z'], ['zsh'], ':4'],
  [['nodes', '--kubeconfig', ''], [], ':0'],
  [['no-such-command', ''], [], ':4'],
  [['nodes', '--kubeconfig', '/nowhere', ''], [], ':4'],
])('%j', async (words, offered, directive) => {
  expect(await complete(...words)).toEqual({ words: offered, directive })
})

test('names of the cluster that the line chooses, without what a shell would run', async () => {
  const items = ['worker-1', 'worker-2', 'worker;reboot', 'worker$(x)'].map((name) => ({
    metadata: { name },
  }))
  const api = await fakeApi(({ url }) => (url.pathname === '/api/v1/nodes' ? { items } : status(403, 'no')))
  const other = kubeConfigFor(api.url, 'admin@other')
  const file = writeKubeConfig({
    ...other,
    contexts: [...other.contexts, { name: 'a b', context: { cluster: 'admin@other' } }],
  })
  const chosen = ['nodes', '--kubeconfig', file]
  expect((await complete(...chosen, 'work')).words).toEqual(['worker-1', 'worker-2'])
  expect((await complete('wait', '--kubeconfig', file, '--for', 'open-iscsi', '')).words).toHaveLength(2)
  expect((await complete(...chosen, '--context', '')).words).toEqual(['admin@other'])
  expect((await complete(...chosen, '--namespace', '')).words).toEqual([])
})

test('kubectl asks by a name of its own, and its plugin is called so in the help', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-plugin-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['kubectl-hostdeps', 'kubectl_complete-hostdeps']) symlinkSync(main, join(folder, name))
  const { stdout } = await execa(process.execPath, [join(folder, 'kubectl_complete-hostdeps'), 'no'])
  expect(stdout).toMatch(/^nodes\t.*\n:4$/)
  const help = await execa(process.execPath, [join(folder, 'kubectl-hostdeps'), 'nodes', '--help'])
  expect(help.stdout).toMatch(/^Usage: kubectl hostdeps nodes /)
})

test.each<[string, string[]]>([
  ['hostdeps no', ['nodes']],
  ['hostdeps nodes --state ', ['missing', 'unknown', 'ready', 'not-applicable']],
  // What stands before "=" is a word of its own for bash.
  ['hostdeps wait --for open-iscsi=r', ['ready']],
])('bash: %s', async (line, offered) => {
  const { stdout: script } = await hostdeps('completion', 'bash')
  const call = `hostdeps() { "${process.execPath}" "${main}" "$@"; }
    ${script}
    compopt() { echo "compopt $*"; }
    COMP_LINE='${line}' COMP_POINT=${line.length}
    _hostdeps; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await execa('bash', ['-c', call])
  expect(stdout.split('\n')).toEqual(['compopt +o default', ...offered])
})
