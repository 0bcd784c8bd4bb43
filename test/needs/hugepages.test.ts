import { describe, expect, test } from 'vitest'
import { hugepages } from '#agent/needs/hugepages.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const small = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages'
const transparent = '/sys/kernel/mm/transparent_hugepage/enabled'
const host = { [small]: '512\n', '/sys/kernel/mm/ksm/run': '0\n' }

describe('huge pages set aside', () => {
  test.each([
    ['as many', { size: '2Mi', min: 512 }, 'HugepagesFound'],
    ['one will do', { size: '2Mi' }, 'HugepagesFound'],
    ['one too few', { size: '2Mi', min: 513 }, 'HugepagesTooFew'],
    ['another size', { size: '1Gi' }, 'HugepagesSizeNotFound'],
  ])('%s', (_, written, reason) => {
    expect(judgeOn(hugepages, { hugepages: written }, { files: host }).reason).toBe(reason)
  })

  test('the fix names the size, whatever the default one is', () => {
    const verdict = judgeOn(hugepages, { hugepages: { size: '2Mi', min: 1024 } }, { files: host })
    expect(verdict.message).toBe('fewer than 1024 huge pages of 2Mi are set aside')
    expect(verdict.genericFix?.run).toEqual([`echo 1024 > ${small}`])
    expect(verdict.genericFix?.note).toContain('hugepagesz=2M hugepages=1024')
  })

  test('those of 1Gi are had at boot only', () => {
    const files = { '/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages': '0\n' }
    const { genericFix } = judgeOn(hugepages, { hugepages: { size: '1Gi', min: 4 } }, { files })
    expect(genericFix?.note).toContain('hugepagesz=1G hugepages=4')
    expect(genericFix?.run).toBeUndefined()
  })

  test('how many there are is evidence alone', () => {
    for (const min of [1, 1024]) {
      const verdict = judgeOn(hugepages, { hugepages: { size: '2Mi', min } }, { files: host })
      expect(verdict.message).not.toContain('512')
      expect(verdict.evidence).toEqual(['512 huge pages of 2Mi'])
    }
  })
})

describe('transparent huge pages', () => {
  test.each([
    ['as wanted', ['madvise', 'never'], 'always [madvise] never', 'TransparentHugepagesOk'],
    ['another', ['madvise', 'never'], '[always] madvise never', 'TransparentHugepagesWrong'],
    ['one alone', 'always', 'always [madvise] never', 'TransparentHugepagesWrong'],
    ['nothing chosen', 'always', 'always madvise never', 'QuestionFailed'],
    ['nothing at all', 'always', '', 'QuestionFailed'],
  ])('%s', (_, wanted, text, reason) => {
    const files = { [transparent]: `${text}\n` }
    expect(judgeOn(hugepages, { hugepages: { transparent: wanted } }, { files }).reason).toBe(reason)
  })

  test.each([
    ['never', 'ready'],
    ['always', 'missing'],
  ])('a kernel without them, wanted is %s', (wanted, state) => {
    expect(judgeOn(hugepages, { hugepages: { transparent: wanted } }, { files: host }).state).toBe(state)
  })

  test('the message and the fix', () => {
    const files = { [transparent]: '[always] madvise never\n' }
    const verdict = judgeOn(hugepages, { hugepages: { transparent: ['madvise', 'never'] } }, { files })
    expect(verdict.message).toBe('transparent huge pages are set to always, must be madvise or never')
    expect(verdict.genericFix?.run).toEqual([`echo madvise > ${transparent}`])
  })
})

describe('fates', () => {
  const ways = [
    [small, { size: '2Mi' }],
    [transparent, { transparent: 'never' }],
  ] as const

  test.each(ways.flatMap((way) => unansweredFates.map((fate) => [...way, fate] as const)))(
    '%s %j %s is unknown',
    (path, written, fate) => {
      expect(judgeOn(hugepages, { hugepages: written }, { files: { [path]: fate } }).state).toBe('unknown')
    },
  )

  test.each(ways)('without /sys nothing proves that %s is not there', (_, written) => {
    for (const files of [{}, { '/sys/kernel/mm': 'denied' }]) {
      expect(judgeOn(hugepages, { hugepages: written }, { files }).state).toBe('unknown')
    }
  })

  test('what is no number proves nothing', () => {
    expect(judgeOn(hugepages, { hugepages: { size: '2Mi' } }, { files: { [small]: '' } }).state).toBe(
      'unknown',
    )
  })
})

test.each([
  ['a size that no machine has', { size: '3Mi' }],
  ['a number of bytes', { size: '2Mi', min: '2Gi' }],
  ['none', { size: '2Mi', min: 0 }],
  ['two in one', { size: '2Mi', transparent: 'never' }],
  ['a setting that there is not', { transparent: 'sometimes' }],
])('refused: %s', (_, written) => {
  expect(hugepages.schema.safeParse({ hugepages: written }).success).toBe(false)
})
