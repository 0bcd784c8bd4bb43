import { expect, test } from 'vitest'
import { renderJson } from '#agent/render/formats/json.ts'
import { makeReport, servedReport } from '../../http/report-fixture.ts'

test.each([
  ['a report', makeReport()],
  ['one whose texts have line breaks', makeReport({ gpu: { fix: 'one\ntwo', message: '\\n "\n' } })],
  ['one without checks', { ...makeReport(), checks: [] }],
])('%s is JSON as it is indented by itself', (_, report) => {
  expect(renderJson(report)).toBe(`${JSON.stringify(servedReport(report), null, 2)}\n`)
})
