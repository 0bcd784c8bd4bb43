import { afterEach, beforeEach } from 'vitest'

/** For tests that go on from each other: after one that failed the others are skipped, since each would wait in vain. */
export function stopAtFirstFailure(): void {
  let failed: string | null = null
  beforeEach(({ skip }) => skip(failed !== null, `it goes on from "${failed}", which failed`))
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') failed ??= task.name
  })
}
