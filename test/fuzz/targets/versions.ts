import { compareApkVersions } from '#agent/versions/apk.ts'
import { compareDebVersions } from '#agent/versions/deb.ts'
import { compareDottedVersions, findVersion } from '#agent/versions/dotted.ts'
import { compareKernelVersions, isKernelIn } from '#agent/versions/kernel.ts'
import type { Compare } from '#agent/versions/order.ts'
import { comparePacmanVersions } from '#agent/versions/pacman.ts'
import { boundsOf, inRange, lenient, parseRange, rangePattern } from '#agent/versions/range.ts'
import { compareRpmVersions } from '#agent/versions/rpm.ts'
import { claim } from '../claims/harmless.ts'
import { mutateText, oddText, pump } from '../draw/odd-texts.ts'
import type { Random } from '../draw/random.ts'
import type { Target } from '../target.ts'

const orders: Readonly<Record<string, Compare>> = {
  deb: compareDebVersions,
  rpm: compareRpmVersions,
  apk: compareApkVersions,
  pacman: comparePacmanVersions,
  kernel: compareKernelVersions,
  dotted: compareDottedVersions,
}

/** Three versions, and a range. */
interface Versions {
  readonly order: string
  readonly versions: readonly [string, string, string]
  readonly range: string
}

/** The orders of versions: each is one, whatever the texts are. */
export const versionsTarget: Target = {
  name: 'versions',
  share: 3_200,
  wanted: { ordered: 0.9 },
  open: () =>
    Promise.resolve({
      draw: (random): Versions => ({
        order: random.some(Object.keys(orders)) ?? 'deb',
        versions: near(random),
        range: range(random),
      }),
      run,
      growing: {
        shapes: {},
        draw(random) {
          const [grow, other] = [pump(random, version(random)), pump(random, version(random))]
          const order = random.some(Object.keys(orders)) ?? 'deb'
          const isSame = random.chance(0.7)
          const growRange = pump(random, range(random))
          return (bytes): Versions => ({
            order,
            versions: [grow(bytes), `${(isSame ? grow : other)(bytes)}1`, grow(bytes)],
            range: growRange(bytes),
          })
        },
      },
    }),
}

const real = [
  '2:1.2.3-4+deb12u1',
  '1:9.5.0-1.el9_4.2',
  '5.15.0-94-generic',
  '4.18.0-553.16.1.el8_10.x86_64',
  '6.2.0-0.rc3',
  '1.2.3_rc1-r2',
  '1.0~beta1^git',
  '3.0.0_p20240101-r0',
  'v1.32.4+k3s1',
  '20240905.1-2',
] as const

const pieces = [
  '0',
  '1',
  '9',
  '10',
  '007',
  'a',
  'rc',
  'Z',
  '~',
  '^',
  '+',
  '.',
  '-',
  '_',
  ':',
  'el9',
  '_rc',
  '-r1',
  ' ',
] as const

function version(random: Random): string {
  if (random.chance(0.4)) return mutateText(random, random.pick(real)).slice(0, 400)
  if (random.chance(0.1)) return oddText(random).slice(0, 400)
  return Array.from({ length: 1 + random.few(12) }, () => random.pick(pieces)).join('')
}

/** Mostly of one another, so that what comes last decides. */
function near(random: Random): [string, string, string] {
  const first = version(random)
  const other = () =>
    random.chance(0.5)
      ? first.slice(0, random.below(first.length + 1)) + version(random).slice(0, 8)
      : version(random)
  return [first, other(), other()]
}

function range(random: Random): string {
  const bound = () =>
    random.pick(['>=', '<', '=', '!=', '<= ', '> ', '']) + random.pick([version(random), '5.4', '1.2-3'])
  return Array.from({ length: 1 + random.few(4) }, bound).join(random.pick([' ', ' || ', '||', '\t']))
}

function run({ order, versions, range }: Versions): string {
  const compare = orders[order] ?? compareDebVersions
  for (const a of versions) {
    claim(compare(a, a) === 0, () => `${order}: ${JSON.stringify(a)} is not itself`)
    for (const b of versions) {
      const [there, back] = [compare(a, b), compare(b, a)]
      claim([-1, 0, 1].includes(there), () => `${order} says ${there}`)
      claim(
        there + back === 0 || !areAlikeIn(order, [a, b]),
        () => `${order}: ${JSON.stringify([a, b])} is ${there}, and ${back} the other way`,
      )
    }
  }
  claimTransitive(order, versions)
  claimRange(versions[0], range, compare)
  findVersion(versions.join(' '))
  return 'ordered'
}

/** Whether versions say as much as each other. Where a part counts only if both have it, others are in no order. */
function areAlikeIn(order: string, versions: readonly string[]): boolean {
  if (order !== 'kernel') return true
  const revisions = versions.map((one) => /^[\d.]+-(\d+(?:\.\d+)*)/.exec(one)?.[1]?.split('.').length ?? 0)
  return new Set(revisions).size === 1
}

function claimTransitive(order: string, versions: readonly [string, string, string]): void {
  const compare = orders[order] ?? compareDebVersions
  const hasRelease = versions.map((one) => /-[^-]*[^-]$/.test(one))
  if (order === 'rpm' && new Set(hasRelease).size > 1) return
  if (order === 'pacman' || !areAlikeIn(order, versions)) return
  const [a, b, c] = versions.toSorted(compare)
  if (a === undefined || b === undefined || c === undefined) return
  const isOrdered = compare(a, b) <= 0 && compare(b, c) <= 0 && compare(a, c) <= 0
  claim(isOrdered, () => `${order}: ${JSON.stringify([a, b, c])} are in no order`)
}

function claimRange(version: string, range: string, compare: Compare): void {
  const parsed = parseRange(range)
  claim(boundsOf(range).length > 0 === 'range' in parsed, () => `${range} has no bounds`)
  isKernelIn({ named: version, exact: null }, range)
  if ('range' in parsed) {
    inRange(version, parsed.range, compare)
    inRange(version, parsed.range, lenient(compare))
  }
  const isOfForm = new RegExp(rangePattern).test(range)
  claim(
    isOfForm === 'range' in parsed,
    () => `the pattern and the reader do not agree of ${JSON.stringify(range)}`,
  )
}
