import { execa } from 'execa'
import { debianReleases } from '../setup/debian-releases.ts'
import { hostRoot } from '../setup/host-root.ts'
import { imageHeap } from '../setup/image-heap.ts'

/**
 * All measurements, one after the other, each in a process of its own and with the heap of the image. Beside each is what is
 * aimed at. Real hosts are booted where that can be done (as root on Debian 12).
 */
const benches = ['round.ts', 'crashes.ts', 'check.ts', 'peers.ts', 'explain.ts']

for (const step of [hostRoot, debianReleases]) {
  try {
    Object.assign(process.env, await step.run((words) => console.log(`${step.title}: ${words}`)))
  } catch (error) {
    console.log(
      `SKIPPED: ${step.title} (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`,
    )
  }
}
for (const bench of benches) {
  console.log(`\n== ${bench}`)
  const file = new URL(bench, import.meta.url).pathname
  await execa(process.execPath, [file], { stdio: 'inherit', env: { NODE_OPTIONS: imageHeap() } })
}
