import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeNetwork } from '../cluster/nodes/network.ts'
import type { Network } from '../cluster/nodes/network.ts'
import { askAlone } from '../long/fixes/ask-alone.ts'
import { stateScript } from '../long/fixes/fix-host.ts'
import { pasteIn, useRepository } from './served-network.ts'
import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'
import { servePackages } from './package-server.ts'
import type { PackageServer } from './package-server.ts'
import { buildRpms } from './rpm-host.ts'

const packages = process.env['HOSTDEPS_TEST_PACKAGES']

/** An initiator in as few words as the check asks for. */
const files = {
  '/usr/sbin/iscsiadm': '#!/bin/sh\necho iscsiadm version 6.2.1.9\n',
  '/usr/lib/systemd/system/iscsid.service':
    '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n',
}
const releases = {
  dnf: 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\nPLATFORM_ID="platform:el9"\n',
  zypper: 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n',
  pacman: 'ID=arch\nBUILD_ID=rolling\n',
}

const rpmOf = (name: string) => ({ name, version: '6.2.1.9', release: '1', files })

/** What pacman takes for a package: its words, and files. */
const archPackage = `set -e
rm -rf /root/arch; mkdir -p /root/arch/repo /root/arch/root; cd /root/arch/root
printf 'pkgname = open-iscsi\\npkgbase = open-iscsi\\npkgver = 2.1.11-1\\npkgdesc = x\\nbuilddate = 1\\nsize = 1\\narch = any\\n' > .PKGINFO
mkdir -p usr/sbin usr/lib/systemd/system
printf '#!/bin/sh\\necho iscsiadm version 2.1.11\\n' > usr/sbin/iscsiadm; chmod 755 usr/sbin/iscsiadm
printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > usr/lib/systemd/system/iscsid.service
bsdtar -cJf ../repo/open-iscsi-2.1.11-1-any.pkg.tar.xz .PKGINFO usr
cd ../repo && repo-add test.db.tar.gz *.pkg.tar.xz`

/** The real installers, each with a repository that the test serves: what is printed installs, and may be run twice. */
describe.skipIf(!process.env['HOSTDEPS_TEST_HOST_ROOT'] || packages === undefined)(
  'the install line that is printed for',
  () => {
    let host: TestHost
    let network: Network
    const servers: PackageServer[] = []

    const serve = async (folder: string) => {
      const server = await servePackages(folder, network.address)
      servers.push(server)
      return `http://${network.address}:${server.port}`
    }
    const run = async (script: string) => {
      const { exitCode, stdout, stderr } = await pasteIn(host, script)
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      return stdout
    }
    beforeAll(async () => {
      network = await makeNetwork()
      host = await bootHost('installers')
      await network.join(host.name, 1)
      await run(useRepository(`${await serve(packages ?? '')}/bookworm`))
      const names = 'rpm dnf createrepo-c zypper pacman-package-manager makepkg libarchive-tools'
      await run(
        `export DEBIAN_FRONTEND=noninteractive; apt-get update; apt-get install -y --no-install-recommends ${names}`,
      )
      await host.writeFile('/etc/rpm/macros', '%_dbpath /var/lib/rpm\n%_topdir /root/rpmbuild\n')
      await run('rpm --initdb')
    })
    afterAll(async () => {
      for (const server of servers) await server.stop()
      await host?.stop()
      network?.remove()
    })

    const setUps = {
      async dnf() {
        await addRpms('iscsi-initiator-utils')
        const text = `[test]\nname=test\nbaseurl=${await serve(`${host.root}/root`)}/rpms\ngpgcheck=0\n`
        await host.writeFile('/etc/yum.repos.d/test.repo', text)
      },
      async zypper() {
        await run(`rpm -e iscsi-initiator-utils || true`)
        await addRpms('open-iscsi')
        const text = `[test]\nname=test\nenabled=1\nautorefresh=1\nbaseurl=${await serve(`${host.root}/root`)}/rpms\ngpgcheck=0\n`
        await host.writeFile('/etc/zypp/repos.d/test.repo', text)
      },
      async pacman() {
        await run(`rpm -e open-iscsi || true`)
        await run(archPackage)
        const url = await serve(`${host.root}/root/arch`)
        await host.writeFile(
          '/etc/pacman.conf',
          `[options]\nArchitecture = auto\nSigLevel = Never\n[test]\nServer = ${url}/repo\n`,
        )
        await run('pacman -Sy')
      },
    }

    async function addRpms(name: string): Promise<void> {
      await buildRpms(host, [rpmOf(name)])
      await run(
        'systemctl daemon-reload; rm -rf /root/rpms; cp -r /root/rpmbuild/RPMS /root/rpms; createrepo_c -q /root/rpms',
      )
    }

    test.each(['dnf', 'zypper', 'pacman'] as const)('%s', async (installer) => {
      await host.writeFile('/etc/os-release', releases[installer])
      await setUps[installer]()
      const ask = async () => (await askAlone(host.pid, ['open-iscsi']))[0]
      const before = await ask()
      expect(before).toMatchObject({ state: 'missing', reason: 'BinaryNotFound' })
      expect(before?.fix).toMatch(
        new RegExp(`^${installer} .*open-iscsi|^${installer} .*iscsi-initiator-utils`),
      )
      await run(before?.fix ?? '')
      const once = await run(stateScript)
      expect(await ask()).toMatchObject({ state: 'ready' })
      await run(before?.fix ?? '')
      expect(await run(stateScript)).toBe(once)
    })
  },
)
