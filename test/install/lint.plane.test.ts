import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { debianPython } from '../setup/pip-packages.ts'

const kept: Readonly<Record<string, Readonly<Record<string, string>>>> = parse(
  readFileSync(join(import.meta.dirname, 'lint-findings.yaml'), 'utf8'),
)
const tools = process.env['HOSTDEPS_TEST_RELEASE_TOOLS']
const planes = process.env['HOSTDEPS_TEST_CONTROL_PLANE']
const checkov = process.env['HOSTDEPS_TEST_CHECKOV']
const hadolint = process.env['HOSTDEPS_TEST_HADOLINT']

/** Every finding is in lint-findings.yaml with its reason, and nothing else is. */
function expectKept(tool: string, found: Iterable<string>): void {
  expect([...new Set(found)].toSorted()).toEqual(Object.keys(kept[tool] ?? {}).toSorted())
}

test('each finding that stays has its reason', () => {
  for (const reasons of Object.values(kept))
    for (const [finding, why] of Object.entries(reasons))
      expect([finding, why.length > 40]).toEqual([finding, true])
})

describe.skipIf(planes === undefined || tools === undefined || checkov === undefined)('the manifests', () => {
  let manifests: string
  beforeAll(async () => {
    manifests = await renderAll()
  })

  test('by kube-score', async () => {
    const argv = ['score', '--output-format', 'json', '-']
    const { stdout } = await execa(join(tools ?? '', 'kube-score'), argv, { input: manifests, reject: false })
    const objects = JSON.parse(stdout) as Scored[]
    expect(objects.map(({ type_meta }) => type_meta.kind)).toContain('DaemonSet')
    const found = objects.flatMap(({ type_meta, object_meta, checks }) =>
      checks
        .filter(({ grade, skipped }) => grade < 10 && !skipped)
        .flatMap(({ comments }) =>
          (comments ?? []).map(
            ({ path, summary }) => `${type_meta.kind} ${object_meta.name}, ${path}: ${summary}`,
          ),
        ),
    )
    expectKept('kube-score', found)
  })

  test('and the Dockerfile by checkov', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-lint-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, 'manifests.yaml'), manifests)
    writeFileSync(join(folder, 'Dockerfile'), readFileSync('Dockerfile'))
    const files = ['manifests.yaml', 'Dockerfile'].flatMap((name) => ['-f', join(folder, name)])
    // Without a network: it would ask its maker's service for more than it is told here.
    const argv = [
      '--net',
      debianPython,
      '-m',
      'checkov.main',
      '--skip-download',
      '--framework',
      'kubernetes',
      'dockerfile',
      '--output',
      'json',
      ...files,
    ]
    const env = { PYTHONPATH: checkov ?? '', LOG_LEVEL: 'ERROR' }
    const { stdout } = await execa('unshare', argv, { env, reject: false })
    const reports = JSON.parse(stdout) as Checked[]
    expect(reports.map(({ check_type }) => check_type).toSorted()).toEqual(['dockerfile', 'kubernetes'])
    const found = reports.flatMap(({ results }) =>
      results.failed_checks.map(({ check_id, check_name, resource }) => {
        const [name = ''] = relative(folder, resolve(folder, resource)).split('.FROM')
        return `${check_id} ${name.replace(/\.$/, '')}: ${check_name}`
      }),
    )
    expectKept('checkov', found)
  })
})

test.skipIf(hadolint === undefined)('the Dockerfile by hadolint', async () => {
  const { stdout } = await execa(hadolint ?? '', ['--format', 'json', 'Dockerfile'], { reject: false })
  const found = JSON.parse(stdout) as { code: string; message: string }[]
  expectKept(
    'hadolint',
    found.map(({ code, message }) => `${code}: ${message}`),
  )
})

test.skipIf(tools === undefined)('the workflow by actionlint', async () => {
  const actionlint = (...argv: string[]) =>
    execa(join(tools ?? '', 'actionlint'), ['-shellcheck=shellcheck', '-pyflakes=', ...argv], {
      reject: false,
      all: true,
    })
  const file = '.github/workflows/release.yaml'
  expect(await actionlint(file)).toMatchObject({ exitCode: 0, all: '' })
  // It reads it: a word that GitHub does not know is found.
  const input = readFileSync(file, 'utf8').replace('timeout-minutes', 'timeout-hours')
  const broken = await execa(join(tools ?? '', 'actionlint'), ['-'], { input, reject: false, all: true })
  expect([broken.exitCode, broken.all]).toEqual([1, expect.stringContaining('timeout-hours')])
})

interface Scored {
  readonly type_meta: { readonly kind: string }
  readonly object_meta: { readonly name: string }
  readonly checks: readonly {
    readonly grade: number
    readonly skipped: boolean
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null
  }[]
}

interface Checked {
  readonly check_type: string
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string
      readonly check_name: string
      readonly resource: string
    }[]
  }
}

/** The base with all overlays; that of Talos is the base, and a little more. */
async function renderAll(): Promise<string> {
  const folder = mkdtempSync(join(resolve('test/install'), '.all-'))
  try {
    const overlay = (name: string) => relative(folder, resolve('manifests/overlays', name))
    const kustomization = {
      resources: [overlay('talos')],
      components: ['auth', 'gate', 'monitoring', 'openshift'].map(overlay),
    }
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization))
    return (await execa(join(planes ?? '', 'kubectl'), ['kustomize', folder])).stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
