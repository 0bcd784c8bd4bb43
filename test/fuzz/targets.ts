import type { Target } from './target.ts'
import { answersTarget } from './targets/answers.ts'
import { checksTarget } from './targets/checks.ts'
import { configTarget } from './targets/config.ts'
import { httpTarget } from './targets/http.ts'
import { parsersTarget } from './targets/parsers.ts'
import { roundTarget } from './targets/round.ts'
import { versionsTarget } from './targets/versions.ts'

/** Everything that is fuzzed. Their shares add up to 10,000. */
export const targets: readonly Target[] = [
  checksTarget,
  configTarget,
  roundTarget,
  answersTarget,
  versionsTarget,
  parsersTarget,
  httpTarget,
]
