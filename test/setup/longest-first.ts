import { basename } from 'node:path'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/** Files that take minutes for all that they are small. The durations at the end of `npm test` say which. */
const long = ['reboot-vm.real.test.ts', 'openapi.real.test.ts', 'cases.real.test.ts']

/**
 * Without the times of an earlier run, which npm ci takes away, vitest begins with the largest file: what is long and small
 * would be begun last, and be waited for alone.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => long.includes(basename(moduleId))
    // oxlint-disable-next-line unicorn/no-array-sort -- it is no array's
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}
