import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { files, versionLine } from '../../image/set-version.ts'

const root = resolve(import.meta.dirname, '../..')
const npmFiles = ['package.json', 'package-lock.json']

/** Every text that people copy an image's name from. */
function texts(): string[] {
  const within = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  const top = ['Dockerfile', 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'AGENTS.md']
  return [...top, ...['charts', 'manifests', 'examples', 'checks', 'image'].flatMap(within)]
}

function versionsIn(folder: string, file: string): string[] {
  return readFileSync(join(folder, file), 'utf8').match(versionLine) ?? []
}

test('every file that names the image names the version of package.json, and is one that npm version writes', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const naming = texts().filter((file) => versionsIn(root, file).length > 0)
  expect(naming.toSorted()).toEqual([...files].toSorted())
  for (const file of naming) expect([file, ...new Set(versionsIn(root, file))]).toEqual([file, version])
})

test('the release pushes the image by the tag that the manifests name: its version, without the v of the tag of git', () => {
  const workflow = readFileSync(join(root, '.github/workflows/release.yaml'), 'utf8')
  expect(workflow.match(/docker:\/\/\S+/g)).toEqual([
    'docker://ghcr.io/${GITHUB_REPOSITORY,,}:${GITHUB_REF_NAME#v}"',
  ])
})

test('npm version moves all of them', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'hostdeps-version-'))
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
  for (const file of [...npmFiles, ...files, 'image/set-version.ts'])
    cpSync(join(root, file), join(copy, file), { recursive: true })
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` }
  await execa('git', ['init', '--quiet'], { cwd: copy })
  await execa('npm', ['version', '--no-git-tag-version', '9.8.7'], { cwd: copy, env })
  for (const file of files) expect(new Set(versionsIn(copy, file))).toEqual(new Set(['9.8.7']))
  const lock = JSON.parse(readFileSync(join(copy, 'package-lock.json'), 'utf8'))
  expect([lock.version, lock.packages[''].version]).toEqual(['9.8.7', '9.8.7'])
  const { stdout: staged } = await execa('git', ['diff', '--cached', '--name-only'], { cwd: copy })
  expect(staged.split('\n')).toEqual([...files].toSorted())
})
