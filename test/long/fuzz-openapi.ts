import { accepted, fuzzContract } from '../install/fuzz-contract.ts'
import { startApi } from '../install/start-api.ts'
import { schemathesis } from '../setup/schemathesis.ts'
import { setUp } from '../setup/set-up.ts'
import { withNeeds } from '../setup/steps.ts'

/** What openapi.real.test.ts does in small, by more requests; what fails is printed with a curl line. */
export async function fuzzOpenapi(seed: number, examples: number) {
  for (const step of withNeeds([schemathesis])) {
    const lacking = await setUp(step, { retries: 1 })
    if (lacking !== null) return { failed: 1, result: `nothing ran, for want of ${step.title}` }
  }
  const counts = { cases: 0, failed: 0 }
  const api = await startApi()
  for (const accept of accepted) {
    const { cases, hasFailed, says } = await fuzzContract({ address: api.address, accept, examples, seed })
    process.stdout.write(`${says}\n`)
    counts.cases += cases
    if (hasFailed) counts.failed++
  }
  await api.stop()
  const outcome = counts.failed === 0 ? 'all are answered as the document says' : 'some are not'
  return { failed: counts.failed, result: `${counts.cases} requests: ${outcome}` }
}
