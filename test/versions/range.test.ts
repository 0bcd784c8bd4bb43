import { describe, expect, test } from 'vitest'
import { compareDebVersions } from '#agent/versions/deb.ts'
import { compareDottedVersions } from '#agent/versions/dotted.ts'
import { compareKernelVersions } from '#agent/versions/kernel.ts'
import type { Compare } from '#agent/versions/order.ts'
import { inRange, lenient, parseRange } from '#agent/versions/range.ts'
import { compareRpmVersions } from '#agent/versions/rpm.ts'

describe('a version in a range', () => {
  test.each<[string, string, Compare, boolean]>([
    ['2.1.8', '>=2.1', compareDottedVersions, true],
    ['2.1.8', '>2.1.8', compareDottedVersions, false],
    ['2.1.8', '<=2.1.8', compareDottedVersions, true],
    ['2.1.8', '=2.1.8', compareDottedVersions, true],
    ['2.1.8', '!=2.1.8', compareDottedVersions, false],
    ['2.1.8', '>=2 <2.1', compareDottedVersions, false],
    ['2.1.8', '<2 || >=2.1', compareDottedVersions, true],
    ['2.1.8', '>= 2.1', compareDottedVersions, true],
    ['2:1.2.3-4+deb12u1', '>=1.2', lenient(compareDebVersions), true],
    ['2:1.2.3-4+deb12u1', '<1.2.3', lenient(compareDebVersions), false],
    ['2:1.2.3-4+deb12u1', '=1.2.3', lenient(compareDebVersions), true],
    ['2:1.2.3-4', '>=1.2.3-5', lenient(compareDebVersions), false],
    ['2:1.2.3-4', '>=3:1', lenient(compareDebVersions), false],
    ['1:3.0.7-27.el9', '>=3.0.7', lenient(compareRpmVersions), true],
    ['6.2.0-rc3', '>=6.2', compareKernelVersions, false],
    ['6.1.0-17-amd64', '>=6.1', compareKernelVersions, true],
    ['6.1.0-17-amd64', '<=6.1', compareKernelVersions, true],
    ['5.15.0-97-generic', '>=5.15.0-94', compareKernelVersions, true],
    ['5.15.0-97-generic', '>=5.15.0-100', compareKernelVersions, false],
    ['5.15.131', '<5.15.0-100', compareKernelVersions, false],
    ['6.5.6', '>=6.5.6 <6.5.7', compareKernelVersions, true],
  ])('%s in %s', (version, text, compare, wanted) => {
    const parsed = parseRange(text)
    expect('range' in parsed && inRange(version, parsed.range, compare)).toBe(wanted)
  })
})

test.each([
  ['2.1', '"2.1" has no operator; write, for example, ">=2.1"'],
  ['', 'is an empty range; write, for example, ">=2.1"'],
  ['>=2.1 ||', 'is an empty range; write, for example, ">=2.1"'],
  ['>=', '">=" is not a version with an operator; write, for example, ">=2.1 <3"'],
  ['=>2', '"=>2" is not a version with an operator; write, for example, ">=2.1 <3"'],
  ['>=two', '">=two" is not a version with an operator; write, for example, ">=2.1 <3"'],
])('%j is no range', (text, error) => {
  expect(parseRange(text)).toEqual({ error })
})
