import { claim } from '../claims/harmless.ts'
import type { Target } from '../target.ts'

/** What fuzzing must see, for its own test: by the number that is drawn it throws, lies, waits, or does not end. */
export const selfTarget: Target = {
  name: 'self',
  share: 0,
  wanted: { fits: 0.3 },
  open: () =>
    Promise.resolve({
      draw: (random) => ({
        does: random.pick(['throws', 'lies', 'fits', 'fits']),
        text: `a ${random.below(1e9)} b`,
      }),
      run,
      growing: {
        shapes: {
          linear: (bytes) => ({ does: 'fits', text: 'x'.repeat(bytes) }),
          // Much worse than n log n: a busy machine must not hide it.
          cubic: (bytes) => ({ does: 'cubes', text: 'x'.repeat(bytes) }),
        },
        draw: () => (bytes) => ({ does: 'fits', text: 'y'.repeat(bytes) }),
      },
    }),
}

async function run({ does, text }: { does: string; text: string }): Promise<string> {
  if (does === 'throws') throw new RangeError(`out of ${text}`)
  claim(does !== 'lies' || !text.includes(' '), () => 'it lies')
  if (does === 'hangs') for (;;);
  if (does === 'fills') for (let all: unknown = []; ;) all = [all, Array.from({ length: 100 }, () => ({}))]
  if (does === 'cubes') spin(text.length ** 3 / 2 ** 16)
  return does
}

/** In pieces: a count beyond 2^31 is ten times as slow. */
function spin(steps: number): void {
  const piece = 2 ** 16
  for (let left = steps; left > 0; left -= piece)
    for (let step = 0; step < piece; step++) Math.imul(step, step)
}
