import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import type * as z from 'zod'
import { checkAnswer, problem, readyAnswer, reportAnswer } from '#agent/http/contract/answers.ts'
import { routes } from '#agent/http/contract/contract.ts'
import { openapiFile, renderOpenapi } from '../../docs/generate.ts'
import { composedReport } from '../hosts/composed-report.ts'
import { crash, fakeSource, makeReport } from './report-fixture.ts'
import { serve } from './serve.ts'

const text = readFileSync(openapiFile, 'utf8')

interface Content {
  readonly schema: object
  readonly example?: unknown
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
const document: Document = JSON.parse(text)

/** By the document alone, as a client would. */
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(JSON.parse(text), 'document')
const mistakesIn = (schema: object, value: unknown) => {
  const { $ref } = schema as { readonly $ref?: string }
  const validate = $ref === undefined ? ajv.compile(schema) : ajv.getSchema(`document${$ref}`)
  if (validate === undefined) throw new Error(`the document has no ${$ref}`)
  validate(value)
  return validate.errors ?? []
}

test('docs/openapi.json is what "npm run generate" makes', async () => {
  expect(await renderOpenapi()).toBe(text)
})

test('/openapi.json is this file, and every path in it is served', async () => {
  const { get } = await serve()
  const answer = await get('/openapi.json')
  expect([answer.status, answer.body]).toEqual([200, text])
  const urls = Object.values(routes).map(({ url }) => url.replace(':name', '{name}'))
  expect(Object.keys(document.paths).toSorted()).toEqual(urls.toSorted())
  for (const [path, { get: served }] of Object.entries(document.paths))
    if (served !== undefined)
      expect((await get(path.replace('{name}', 'gpu'), { method: 'HEAD' })).status).toBe(200)
})

test('every example is as its schema says', () => {
  const examples = Object.values(document.paths)
    .flatMap((path) => Object.values(path))
    .flatMap(({ responses }) => Object.values(responses))
    .flatMap(({ content = {} }) => Object.values(content))
    .filter(({ example }) => example !== undefined)
  expect(examples.length).toBeGreaterThan(8)
  for (const { schema, example } of examples) expect(mistakesIn(schema, example)).toEqual([])
})

const report = makeReport({
  gpu: { pending: { state: 'missing', reason: 'BinaryNotFound', since: makeReport().at } },
})
const answers: readonly { path: string; accept: string; schema: z.ZodType; name: string }[] = [
  { path: '/v1/report', accept: 'application/json', schema: reportAnswer, name: 'Report' },
  { path: '/', accept: 'application/json', schema: reportAnswer, name: 'Report' },
  { path: '/v1/checks/open-iscsi', accept: '*/*', schema: checkAnswer, name: 'Check' },
  { path: '/v1/checks/iscsi', accept: '*/*', schema: problem, name: 'Problem' },
  { path: '/ready/time-sync', accept: 'application/json', schema: readyAnswer, name: 'Ready' },
  { path: '/ready/open-iscsi', accept: 'application/json', schema: problem, name: 'Problem' },
  { path: '/ready/gpu?wait=1', accept: '*/*', schema: problem, name: 'Problem' },
  { path: '/nowhere', accept: '*/*', schema: problem, name: 'Problem' },
]

test.each(answers)('$path as $accept is as the document says, and has no field more', async (one) => {
  const reports = [{ ...report, crashes: [crash()] }, await composedReport('k3s-on-debian')]
  for (const source of reports) {
    const { get } = await serve(fakeSource(source))
    const { body } = await get(one.path, { headers: { accept: one.accept } })
    const value = JSON.parse(body)
    expect(mistakesIn({ $ref: `#/components/schemas/${one.name}` }, value)).toEqual([])
    // A schema of zod drops what it does not know.
    expect(one.schema.parse(value)).toEqual(value)
  }
})
