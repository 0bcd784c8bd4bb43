import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'

/** How a host that is built from an image gets packages, by its {@link FixFacts.imageBased}: with %s for their names. */
const builders: Readonly<Record<string, string>> = {
  elemental:
    'Packages come with the image here: add %s to its Dockerfile, build it, and upgrade the node to it.',
  kairos:
    'Packages come with the image here: add %s to its Dockerfile, build it, and upgrade the node to it.',
  harvester:
    "Packages cannot be added to Harvester's image; needed: %s. Upgrade Harvester, or use other nodes.",
  'machine-config':
    'The Machine Config Operator sets this node up: add %s by an image layer (osImageURL) or an extension in a MachineConfig of its pool.',
  bootc:
    'Packages come with the image here: add RUN dnf install -y %s to its Containerfile, build it, then bootc upgrade and reboot.',
  'read-only':
    '/usr is read-only here and nothing on the PATH builds the next one: add %s where the image is made.',
}

/** Where /etc is made anew at each boot: what is to last is in a file of /oem, in yip's words. */
const ephemeral: readonly (string | null)[] = ['elemental', 'harvester', 'kairos']

export function packagesNote(packages: readonly string[], { imageBased }: FixFacts): string {
  const words = builders[imageBased ?? ''] ?? 'packages cannot be added to this system; needed: %s'
  return words.replace('%s', () => packages.join(', '))
}

export function hasLostEtc({ imageBased }: FixFacts): boolean {
  return ephemeral.includes(imageBased)
}

/** What follows packages that only another image brings can be done only then. */
export function fixOfImage(fix: Fix, facts: FixFacts): Fix {
  const { packages = [], run = [], note } = fix
  const later = packages.length > 0 ? run : []
  const lost = hasLostEtc(facts)
    ? run.filter((command) => !later.includes(command) && writesEtc(command))
    : []
  if (later.length === 0 && lost.length === 0) return fix
  const notes = [
    ...(note === undefined ? [] : [note]),
    ...(later.length > 0 ? [`After that: ${later.join('; ')}`] : []),
    ...lost.map(
      (command) => `/etc is made anew at each boot: add to a file of /oem, or to the image: ${command}`,
    ),
  ]
  return {
    ...fix,
    run: run.filter((one) => !later.includes(one) && !lost.includes(one)),
    note: notes.join('\n'),
  }
}

/** Of /etc these are kept: https://github.com/harvester/harvester-installer and https://elemental.docs.rancher.com */
const kept = /\/etc\/(systemd|iscsi|cni|ssh|rancher|modprobe\.d)\b/

function writesEtc(command: string): boolean {
  return /\/etc\//.test(command) && !kept.test(command)
}
