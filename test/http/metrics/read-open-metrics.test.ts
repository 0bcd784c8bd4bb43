import { expect, test } from 'vitest'
import { readOpenMetrics } from './read-open-metrics.ts'

const eggs = '# TYPE eggs counter\n# HELP eggs Eggs.\n'
const nest = '# TYPE nest_seconds histogram\n# HELP nest_seconds h\n'
const buckets = 'nest_seconds_bucket{le="1.0"} 1\nnest_seconds_bucket{le="+Inf"} 2\n'
const rest = 'nest_seconds_sum 7.5\nnest_seconds_count 2\n'

test('a text is read with its types, labels and values', () => {
  const text = `${eggs}eggs_total{by="a \\"hen\\"\\n"} 3\n${nest}${buckets}${rest}# EOF\n`
  expect(readOpenMetrics(text)).toMatchObject([
    {
      name: 'eggs',
      type: 'counter',
      samples: [{ name: 'eggs_total', labels: { by: 'a "hen"\n' }, value: 3 }],
    },
    { name: 'nest_seconds', samples: [{ value: 1 }, { value: 2 }, { value: 7.5 }, { value: 2 }] },
  ])
})

test.each([
  ['no end', `${eggs}eggs_total 1\n`],
  ['two ends', `${eggs}eggs_total 1\n# EOF\n# EOF\n`],
  ['something after the end', '# EOF\n\n'],
  ['an empty line', `${eggs}\neggs_total 1\n# EOF\n`],
  ['a counter without _total', `${eggs}eggs 1\n# EOF\n`],
  [
    'a counter whose family has _total',
    '# TYPE eggs_total counter\n# HELP eggs_total h\neggs_total 1\n# EOF\n',
  ],
  ['a counter below 0', `${eggs}eggs_total -1\n# EOF\n`],
  ['a sample without a family', 'eggs_total 1\n# EOF\n'],
  ['a sample among those of another family', `${eggs}# TYPE hen gauge\n# HELP hen h\neggs_total 1\n# EOF\n`],
  ['no explanation', '# TYPE eggs counter\neggs_total 1\n# EOF\n'],
  ['a family twice', `${eggs}${nest}${eggs}# EOF\n`],
  ['a quote in an explanation', '# TYPE eggs counter\n# HELP eggs "h"\n# EOF\n'],
  ['a unit that the name lacks', '# TYPE eggs gauge\n# UNIT eggs seconds\n# HELP eggs h\n# EOF\n'],
  ['a series twice', `${eggs}eggs_total{a="1",b="2"} 1\neggs_total{b="2",a="1"} 1\n# EOF\n`],
  ['a label twice', `${eggs}eggs_total{a="1",a="2"} 1\n# EOF\n`],
  ['a comma too many', `${eggs}eggs_total{a="1",} 1\n# EOF\n`],
  ['an unknown escape', `${eggs}eggs_total{a="\\t"} 1\n# EOF\n`],
  ['no number', `${eggs}eggs_total many\n# EOF\n`],
  ['an info that is not 1', '# TYPE hen info\n# HELP hen h\nhen_info{a="1"} 2\n# EOF\n'],
  ['a bound without a point', `${nest}${buckets.replace('1.0', '1')}${rest}# EOF\n`],
  ['buckets that fall', `${nest}${buckets.replace('} 1', '} 3')}${rest}# EOF\n`],
  ['no bucket +Inf', `${nest}nest_seconds_bucket{le="1.0"} 2\n${rest}# EOF\n`],
  ['another count', `${nest}${buckets}${rest.replace('count 2', 'count 3')}# EOF\n`],
])('%s is refused', (_, text) => {
  expect(() => readOpenMetrics(text)).toThrow('not OpenMetrics: ')
})
