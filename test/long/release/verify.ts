import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'
import { execa } from 'execa'
import { differing } from './layers.ts'
import { readArchive } from '../../../packaging/archive.ts'
import { readLock } from '../../../packaging/lock.ts'
import manifest from '../../../package.json' with { type: 'json' }

/** A release, and what reads it. */
export interface Subject {
  readonly folder: string
  /** The same sources, made once more. */
  readonly again: string
  /** The programs. */
  readonly syft: string
  readonly rcodesign: string
  /** A folder of its own. */
  readonly work: string
}

/** What should be so, in a few words, and what was found instead: null where it is so. */
export interface Verdict {
  readonly what: string
  readonly wrong: string | null
}

const architectures = ['amd64', 'arm64']

export async function verifyRelease(subject: Subject): Promise<Verdict[]> {
  const perArchitecture = architectures.flatMap((arch) => [
    verdict(`syft and the lock file agree on ${arch}`, () => lockAndSyft(subject, arch)),
    verdict(`the image for ${arch} runs`, () => runsInImage(subject, arch)),
  ])
  const verdicts: Verdict[] = []
  for (const one of [
    verdict('two runs make the same bytes', () => sameSums(subject)),
    verdict('skopeo shows both architectures', () => shownBySkopeo(subject)),
    ...perArchitecture,
    verdict('rcodesign finds each page of the executable for macOS as it was signed', () =>
      isSigned(subject),
    ),
    verdict('rcodesign finds a page that was changed', () => isChangeFound(subject)),
  ])
    verdicts.push(await one())
  return verdicts
}

function verdict(what: string, check: () => Promise<string | null>): () => Promise<Verdict> {
  return async () => ({ what, wrong: await check().catch((error: Error) => error.message) })
}

/** null where they are equal. */
function compared(found: unknown, wanted: unknown): string | null {
  return isDeepStrictEqual(found, wanted)
    ? null
    : `${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`
}

function partOf(folder: string, end: string): string {
  const name = readdirSync(folder).find((entry) => entry.endsWith(end))
  if (name === undefined) throw new Error(`there is no ${end} in ${readdirSync(folder).join(', ')}`)
  return join(folder, name)
}

async function sameSums({ folder, again }: Subject): Promise<string | null> {
  const sums = (of: string) => readFileSync(join(of, 'SHA256SUMS'), 'utf8')
  await execa('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: folder })
  if (sums(again) === sums(folder)) return null
  const others = await differing(partOf(folder, '.oci.tar'), partOf(again, '.oci.tar'))
  return `${compared(sums(again), sums(folder))}; in the image: ${others.slice(0, 20).join(', ')}`
}

interface Index {
  readonly manifests: readonly {
    readonly digest: string
    readonly platform: { readonly architecture: string; readonly os: string }
  }[]
}

async function shownBySkopeo({ folder }: Subject): Promise<string | null> {
  const image = `oci-archive:${partOf(folder, '.oci.tar')}`
  const { stdout } = await execa('skopeo', ['inspect', '--raw', image])
  const { manifests }: Index = JSON.parse(stdout)
  const shown = manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`)
  const labels = architectures.map(async (arch) => {
    const inspected = await execa('skopeo', ['--override-arch', arch, 'inspect', image])
    const { Architecture, Labels } = JSON.parse(inspected.stdout)
    return [Architecture, Labels['org.opencontainers.image.version']]
  })
  const wanted = architectures.map((arch) => [arch, manifest.version])
  const found = await Promise.all(labels)
  return compared([shown, found], [architectures.map((arch) => `linux/${arch}`), wanted])
}

/** As it is asked by default: npm's packages are those of the bill of materials, each as the lock file has it, and nothing more. */
async function lockAndSyft({ folder, syft }: Subject, arch: string): Promise<string | null> {
  const argv = ['scan', `oci-archive:${partOf(folder, '.oci.tar')}`, '--platform', `linux/${arch}`]
  const env = { SYFT_CHECK_FOR_APP_UPDATE: 'false' }
  const { stdout } = await execa(syft, [...argv, '-o', 'syft-json'], { env, maxBuffer: 100_000_000 })
  const { artifacts }: { artifacts: { name: string; version: string; type: string }[] } = JSON.parse(stdout)
  const found = artifacts.filter(({ type }) => type === 'npm').map(named)
  const locked = new Set(
    Object.entries(readLock()).map(([path, { version }]) =>
      named({ name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version }),
    ),
  )
  const unlocked = found.filter((name) => !locked.has(name))
  if (unlocked.length > 0) return `the lock file lacks ${unlocked.join(', ')}`
  const { components }: { components: { name: string; version: string; purl: string }[] } = JSON.parse(
    readFileSync(partOf(folder, '.cdx.json'), 'utf8'),
  )
  const billed = components.filter(({ purl }) => purl.startsWith('pkg:npm/')).map(named)
  const others = artifacts.filter(({ type }) => type !== 'npm').map(({ name, type }) => `${type} ${name}`)
  const lacking = ['deb libc6', 'deb util-linux', 'deb tini', 'binary node'].filter(
    (name) => !others.includes(name),
  )
  if (lacking.length > 0) return `syft does not see ${lacking.join(', ')}`
  return compared([...new Set(found)].toSorted(), [...new Set(billed)].toSorted())
}

function named({ name, version }: { name: string; version: string }): string {
  return `${name}@${version}`
}

/** In the image itself, by an emulator for another architecture. */
async function runsInImage({ folder, work }: Subject, arch: string): Promise<string | null> {
  const store = ['--root', join(work, `store-${arch}`), '--runroot', join(work, `run-${arch}`)]
  const buildah = (...argv: string[]) =>
    execa('buildah', [...store, '--storage-driver', 'vfs', ...argv], { reject: false })
  const from = await buildah('from', '--arch', arch, `oci-archive:${partOf(folder, '.oci.tar')}`)
  const container = from.stdout.trim().split('\n').at(-1) ?? ''
  const run = (...argv: string[]) =>
    buildah('run', '--isolation', 'chroot', '--user', '0', container, '--', 'hostdeps', ...argv)
  const version = await run('--version')
  if (version.stdout !== manifest.version)
    return `--version says ${version.stdout || from.stderr || version.stderr}`
  const check = await run('check', 'overlay', '-o', 'json', '--deadline', '60s')
  if (check.stdout === '') return `check says ${check.stderr}`
  const { checks }: { checks: { name: string }[] } = JSON.parse(check.stdout)
  return compared(
    checks.map(({ name }) => name),
    ['overlay'],
  )
}

/** What rcodesign says of all ad hoc signatures, which have no certificate. */
const noCertificate = 'CMS error: missing further values (at position 0)'

async function problemsOf(rcodesign: string, file: string): Promise<string[]> {
  const { stdout } = await execa(join(rcodesign, 'rcodesign'), ['verify', file], { reject: false })
  const lines = stdout.split('\n').filter((line) => line !== '')
  if (!lines.includes(noCertificate)) throw new Error(`rcodesign verify says ${stdout || 'nothing'}`)
  return lines.filter((line) => line !== noCertificate)
}

async function macExecutable({ folder }: Subject): Promise<Buffer> {
  const archive = readFileSync(partOf(folder, '-darwin-arm64.tar.gz'))
  const program = (await readArchive(archive, ['hostdeps'])).get('hostdeps')
  if (program === undefined) throw new Error('the archive has no hostdeps')
  return program
}

async function isSigned(subject: Subject): Promise<string | null> {
  const file = join(subject.work, 'hostdeps-signed')
  mkdirSync(subject.work, { recursive: true })
  writeFileSync(file, await macExecutable(subject))
  const info = await execa(join(subject.rcodesign, 'rcodesign'), ['print-signature-info', file])
  const said = ['identifier: hostdeps', 'CodeSignatureFlags(ADHOC)'].filter((words) =>
    info.stdout.includes(words),
  )
  return compared([await problemsOf(subject.rcodesign, file), said.length], [[], 2])
}

async function isChangeFound(subject: Subject): Promise<string | null> {
  const file = join(subject.work, 'hostdeps-changed')
  const program = await macExecutable(subject)
  const middle = Math.floor(program.length / 2)
  program.writeUInt8((program.readUInt8(middle) + 1) % 256, middle)
  writeFileSync(file, program)
  const problems = await problemsOf(subject.rcodesign, file)
  return problems.length === 1 && problems[0]?.startsWith('code digest mismatch') === true
    ? null
    : problems.join('; ')
}
