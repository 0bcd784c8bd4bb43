import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mustBeDebianRoot } from './apt.ts'
import type { Step } from './step.ts'
import { unpackPackage } from './unpack-package.ts'

const folder = resolve('.cache/ignition')

/** Ignition's own reader of its configs, out of Debian's package. Some seconds, kept in .cache. */
export const ignition: Step = {
  title: 'ignition-validate',
  gives: ['HOSTDEPS_TEST_IGNITION'],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    const program = join(folder, 'usr/bin/ignition-validate')
    if (!existsSync(program)) {
      await mustBeDebianRoot()
      tell('apt-get download ignition')
      await unpackPackage('ignition', folder)
    }
    return { HOSTDEPS_TEST_IGNITION: program }
  },
}
