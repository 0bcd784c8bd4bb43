import { execa } from 'execa'

/** `hostdeps check` from cold, bundled: the whole process, several runs. */
const runs = 9
await execa(process.execPath, ['build.ts'])

for (const [args, aim] of [
  [['--help'], '42 ms'],
  [['check', 'open-iscsi'], '150 ms'],
  [['check', '--all'], '300 ms'],
] as const) {
  const times: number[] = []
  for (let run = 0; run <= runs; run++) {
    const start = performance.now()
    await execa(process.execPath, ['dist/agent/main.js', ...args], { reject: false })
    if (run > 0) times.push(performance.now() - start)
  }
  const sorted = times.toSorted((a, b) => a - b)
  const [least, middle, most] = [sorted[0], sorted[Math.floor(runs / 2)], sorted.at(-1)].map((time) =>
    Math.round(time ?? 0),
  )
  console.log(`hostdeps ${args.join(' ')}: min ${least}, p50 ${middle}, max ${most} ms (aim: ${aim})`)
}
