import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { composedReport } from '../hosts/composed-report.ts'
import { fakeSource } from '../http/report-fixture.ts'
import { serve } from '../http/serve.ts'
import { patience } from '../patience.ts'
import { accepted, fuzzContract } from './fuzz-contract.ts'
import { runGeneratedClient } from './generated-client.ts'
import { startApi } from './start-api.ts'
import type { Api } from './start-api.ts'

const schemathesis = process.env['HOSTDEPS_TEST_SCHEMATHESIS']
const openapiTypescript = process.env['HOSTDEPS_TEST_OPENAPI_TYPESCRIPT']

describe.skipIf(schemathesis === undefined)('requests drawn from the document', () => {
  let api: Api
  beforeAll(async () => {
    api = await startApi()
  })
  /** One that has crashed rejects here. */
  afterAll(() => api?.stop())

  test.each(accepted)(
    'are all answered as it says, to clients that accept %s',
    async (accept) => {
      const { address } = api
      const { says, cases, hasFailed } = await fuzzContract({ address, accept, examples: 10, seed: 1 })
      expect(hasFailed, says).toBe(false)
      expect(cases).toBeGreaterThanOrEqual(250)
      expect(says).toMatch(/^ +Tested: 11$/m)
      expect((await fetch(`${address}/healthz`)).status).toBe(200)
    },
    10 * patience,
  )
})

test.skipIf(openapiTypescript === undefined)(
  'a client of types that are generated from the document compiles strictly, and reads the report',
  async () => {
    const { server } = await serve(fakeSource(await composedReport('k3s-on-debian')))
    expect(await runGeneratedClient(openapiTypescript ?? '', server.address)).toEqual({
      node: 'worker-1',
      missing: expect.arrayContaining(['open-iscsi']),
      gates: ['503 missing: true', 'time-sync is ready', '404 no state: undefined'],
    })
  },
)
