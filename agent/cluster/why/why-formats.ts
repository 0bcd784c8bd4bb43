import { stringify } from 'yaml'
import type { WhyAnswer } from './answer.ts'
import { renderWhy } from './render-why.ts'
import type { WhyOptions } from './render-why.ts'
import type { WhyFormat } from './why-format-names.ts'

type Renderer = (answers: readonly WhyAnswer[], options: WhyOptions) => string

/** The output formats of `why -o`, by name. */
export const whyFormats = {
  text: renderWhy,
  json: (answers) => `${JSON.stringify({ v: 1, answers }, null, 2)}\n`,
  yaml: (answers) => stringify({ v: 1, answers }, { lineWidth: 0, aliasDuplicateObjects: false }),
} satisfies Record<WhyFormat, Renderer>
