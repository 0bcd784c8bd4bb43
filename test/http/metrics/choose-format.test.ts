import { expect, test } from 'vitest'
import { chooseFormat } from '#agent/http/metrics/choose-format.ts'

const open = 'application/openmetrics-text'

test.each<[title: string, accept: string | undefined, format: 'text' | 'openMetrics']>([
  ['nothing is said', undefined, 'text'],
  ['anything will do', '*/*', 'text'],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
  [
    'Prometheus 3',
    `${open};version=1.0.0;escaping=allow-utf-8;q=0.6,${open};version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`,
    'openMetrics',
  ],
  [
    'Prometheus 2.42',
    `${open};version=1.0.0,${open};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    'openMetrics',
  ],
  ['Prometheus 1', 'text/plain;version=0.0.4;q=1,*/*;q=0.1', 'text'],
  ['only OpenMetrics', open, 'openMetrics'],
  ['OpenMetrics, otherwise anything', `*/*, ${open}`, 'openMetrics'],
  ['the order decides nothing', `text/plain;q=0.2, ${open};q=0.8`, 'openMetrics'],
  ['the text is liked better', `${open};q=0.4, text/plain;q=0.5`, 'text'],
  ['both are liked alike', `${open}, text/plain`, 'text'],
  ['both are liked alike with their versions', `${open};version=1.0.0, text/plain;version=0.0.4`, 'text'],
  ['OpenMetrics is refused', `${open};q=0, */*;q=0.1`, 'text'],
  ['both are refused', `${open};q=0, text/plain;q=0`, 'text'],
  ['a range of types', 'application/*, text/*;q=0.5', 'openMetrics'],
  ['an exact name wins over a range', `*/*;q=1, ${open};q=0.1`, 'text'],
  ['another version', `${open};version=0.0.1, text/plain;q=0.1`, 'text'],
  [
    'a version that is not known, but OpenMetrics else',
    `${open};version=2.0.0, ${open};q=0.5, text/plain;q=0.1`,
    'openMetrics',
  ],
  ['a type like ours', 'application/openmetrics-textual', 'text'],
  [
    'capitals, spaces and quotes',
    `Application/OpenMetrics-Text ; Version="1.0.0" ; Q=0.9 , text/plain;q=0.5`,
    'openMetrics',
  ],
  ['a weight that is none', `${open};q=high, text/plain;q=0.1`, 'text'],
  ['a weight beyond 1', `${open};q=7, text/plain;q=0.1`, 'text'],
  ['a negative weight', `${open};q=-1`, 'text'],
  ['neither', 'application/json', 'text'],
  ['no list', ',;=,;;q=,', 'text'],
])('%s', (_, accept, format) => {
  expect(chooseFormat(accept)).toBe(format)
})
