import { execa } from 'execa'

/** All measurements, one after the other, each in a process of its own. Beside each is what is aimed at. */
const benches = ['round.ts', 'check.ts', 'ready.ts']

for (const bench of benches) {
  console.log(`\n== ${bench}`)
  await execa(process.execPath, [new URL(bench, import.meta.url).pathname], { stdio: 'inherit' })
}
