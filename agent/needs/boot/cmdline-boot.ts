import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { FixByDistro } from '#agent/model/fix.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { bootTexts } from './boot-loader.ts'
import { decidesItself } from './reach.ts'
import { wordPattern } from './mentions.ts'

/**
 * A parameter that stands in no configuration of a boot loader was typed in, or came by kexec. Only where the kernel that
 * runs was booted by a loader of which the configuration is here: the loader says so by BOOT_IMAGE.
 */
export function cmdlineAfterBoot(
  parameter: string,
  cmdline: string,
  { answers, facts, fix }: { answers: Answers; facts: Facts; fix: FixByDistro | null },
): Verdict | null {
  const image = /(?:^|\s)BOOT_IMAGE=(?:\([\w,]+\))?(\S+)/.exec(cmdline)?.[1]
  if (!decidesItself(facts) || image === undefined) return null
  const texts = bootTexts(answers)
  const file = image.slice(image.lastIndexOf('/') + 1)
  if (texts === null || !texts.some(({ text }) => text.includes(file))) return null
  const name = parameter.split('=')[0] ?? parameter
  if (texts.some(({ text }) => wordPattern(name).test(text))) return null
  const now = `the kernel was booted with ${parameter}`
  const why = 'no configuration of a boot loader has it'
  return verdict('GoneAfterReboot', { now, why }, fix === null ? {} : { fixByDistro: fix })
}
