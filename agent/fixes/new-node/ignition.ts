import { scriptPath } from './place.ts'

/** The oldest that has all of it, which every Ignition 2 reads. https://coreos.github.io/ignition/configuration-v3_0/ */
const specification = '3.0.0'

/** Not the name of the unit that fix --apply starts: that must be free. */
const unitName = 'hostdeps-new-node.service'

/** Ignition's config: a script, and a unit that runs it before whatever is the kubelet there. */
export function ignition(script: string): string {
  const source = `data:;base64,${Buffer.from(script).toString('base64')}`
  const config = {
    ignition: { version: specification },
    storage: { files: [{ path: scriptPath, mode: 0o700, overwrite: true, contents: { source } }] },
    systemd: { units: [{ name: unitName, enabled: true, contents: unit }] },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/** It runs at each boot, since what an installer puts into the next image can be set up only once that is booted. */
const unit = `[Unit]
Description=Installs what hostdeps asks for
Wants=network-online.target
After=network-online.target
Before=kubelet.service k3s.service k3s-agent.service rke2-server.service rke2-agent.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${scriptPath}

[Install]
WantedBy=multi-user.target
`
