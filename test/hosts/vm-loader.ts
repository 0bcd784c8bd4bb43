import { execa } from 'execa'

/** What GRUB would boot. */
export interface Loaded {
  readonly release: string
  readonly parameters: string
}

/** Debian's configuration of GRUB, with the default first. */
export function grubConfig(kernels: readonly Loaded[]): string {
  const entries = kernels.map(
    ({ release, parameters }) => `menuentry 'Debian GNU/Linux, with Linux ${release}' --class debian {
\tlinux\t/boot/vmlinuz-${release} ${parameters}
\tinitrd\t/boot/initrd.img-${release}
}
`,
  )
  const header = `if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
   set next_entry=
   save_env next_entry
else
   set default="0"
fi
`
  return header + entries.join('')
}

export const plainParameters = 'root=/dev/vda ro console=ttyS0 quiet'

/** GRUB's part, played by the test: the emulator is told what the first entry on the disk says. */
export async function readLoader(disk: string): Promise<Loaded> {
  const { stdout } = await execa('debugfs', ['-R', 'cat /boot/grub/grub.cfg', disk])
  const [, release, parameters] = /^\s+linux\s+\/boot\/vmlinuz-(\S+) (.*)$/m.exec(stdout) ?? []
  if (release === undefined || parameters === undefined) throw new Error('GRUB has no entry')
  return { release, parameters }
}
