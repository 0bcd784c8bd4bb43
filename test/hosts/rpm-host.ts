import type { TestHost } from './nspawn.ts'

/** A package that is built here: `name version release`, with its epoch before the version where it has one. */
export interface RpmPackage {
  readonly name: string
  readonly epoch?: number
  readonly version: string
  readonly release: string
  /** What it puts on the host: path to text; what stands in a `bin` folder may be run. */
  readonly files?: Readonly<Record<string, string>>
}

/** As on a minimal Rocky Linux 9: three kernels are kept, and one package has an epoch. */
export const rockyPackages: readonly RpmPackage[] = [
  { name: 'container-selinux', epoch: 4, version: '2.235.0', release: '1.el9' },
  ...['503.40.1', '570.12.1', '570.9.1'].map((build) => ({
    name: 'kernel-core',
    version: '5.14.0',
    release: `${build}.el9_6`,
  })),
  ...Array.from({ length: 200 }, (_, index) => ({
    name: `filler${index}`,
    version: `1.${index}`,
    release: '1.el9',
  })),
]

/**
 * Makes of a booted Debian one whose packages are RPMs: a real rpm with a real database (SQLite), of packages that are
 * built there, and the os-release of Rocky Linux. What runs on it, and its libraries, stay Debian's.
 */
export async function turnToRpm(host: TestHost, packages: readonly RpmPackage[]): Promise<void> {
  await host.apt('install', '--no-install-recommends', 'rpm')
  // Debian keeps the database in root's home.
  await host.writeFile('/etc/rpm/macros', '%_dbpath /var/lib/rpm\n%_topdir /root/rpmbuild\n')
  await host.writeFile('/etc/os-release', osRelease)
  await must(host, 'rpm', '--initdb')
  await installRpms(host, packages)
  await must(host, 'rm', '-rf', '/var/lib/dpkg', '/etc/apt')
}

/** Builds and installs them, as the host's own rpm does. */
export async function installRpms(host: TestHost, packages: readonly RpmPackage[]): Promise<void> {
  await must(host, 'rpm', '--install', '--nodeps', '--force-debian', ...(await buildRpms(host, packages)))
}

/** Where they are, one a package. A version may be built beside another of the same name. */
export async function buildRpms(host: TestHost, packages: readonly RpmPackage[]): Promise<string[]> {
  const files: string[] = []
  for (const part of partsOf(packages)) {
    await host.writeFile('/root/rpms.spec', specOf(part))
    await must(host, 'rpmbuild', '-bb', '--quiet', '/root/rpms.spec')
    files.push(...part.map(fileOf))
  }
  return files
}

export async function must(host: TestHost, ...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await host.exec(argv, { timeout: 300_000 })
  if (exitCode !== 0)
    throw new Error(`${argv.slice(0, 3).join(' ')} failed with ${exitCode}:\n${stdout}\n${stderr}`)
  return stdout
}

/** One spec makes one package of a name. */
function partsOf(packages: readonly RpmPackage[]): RpmPackage[][] {
  const parts: RpmPackage[][] = []
  for (const one of packages) {
    const part = parts.find((other) => other.every(({ name }) => name !== one.name))
    if (part === undefined) parts.push([one])
    else part.push(one)
  }
  return parts
}

function fileOf({ name, version, release }: RpmPackage): string {
  return `/root/rpmbuild/RPMS/noarch/${name}-${version}-${release}.noarch.rpm`
}

function specOf(packages: readonly RpmPackage[]): string {
  const head =
    'Name: nothing\nVersion: 1\nRelease: 1\nSummary: x\nLicense: none\nBuildArch: noarch\n%description\nx\n'
  const install = packages.flatMap(({ files = {} }) =>
    Object.entries(files).map(([path, text]) => {
      const encoded = Buffer.from(text).toString('base64')
      const mode = /bin\//.test(path) ? 755 : 644
      return `install -D -m ${mode} /dev/null %{buildroot}${path}; echo ${encoded} | base64 -d > %{buildroot}${path}`
    }),
  )
  return `${head}%install\n${install.join('\n')}\n${packages.map(subpackage).join('')}`
}

function subpackage({ name, epoch, version, release, files = {} }: RpmPackage): string {
  const fields = [
    `%package -n ${name}`,
    'Summary: x',
    // What it runs on is no RPM.
    'AutoReq: no',
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    `Version: ${version}`,
    `Release: ${release}`,
  ]
  return [...fields, `%description -n ${name}`, 'x', `%files -n ${name}`, ...Object.keys(files), ''].join(
    '\n',
  )
}

const osRelease = `NAME="Rocky Linux"
VERSION="9.6 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.6"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Rocky Linux 9.6 (Blue Onyx)"
`
