import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Fix } from '#agent/model/fix.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ReadQuestion, StatQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { imageDistros } from '#agent/model/distro.ts'

const schema = z.strictObject({
  nvidiaDriver: z
    .literal('matching')
    .describe("The libraries of NVIDIA's driver are of the version of its module that is loaded."),
})

/**
 * After an update without a reboot the old module is loaded and the new libraries are on the disk: then every program ends
 * in "Driver/library version mismatch". nvidia-smi is not run for it: on an idle node that starts every card anew.
 * https://github.com/NVIDIA/k8s-device-plugin/issues/1431
 */
export const nvidiaDriver: Kind<typeof schema> = {
  name: 'nvidiaDriver',
  schema,
  isHostWide: true,
  subject: () => 'matching',
  genericFix: () => ({ all: reload, ...Object.fromEntries(imageDistros.map((name) => [name, replace])) }),
  questions: () => [loaded, ...libraries],
  judge(_, answers) {
    const answer = answers.of(loaded)
    if (answer.fate === 'absent') return verdict('NotApplicable', { why: 'the driver is not loaded' })
    if (answer.fate !== 'found') return unanswered(loaded.path, answer)
    const module = /Kernel Module(?: for \S+)?\s+(\d+\.\d+(?:\.\d+)?)\s/.exec(answer.value.text)?.[1]
    if (module === undefined)
      return verdict('QuestionFailed', { what: loaded.path, detail: 'it says no version' })
    return judgeLibraries(module, answers)
  },
}

const loaded: ReadQuestion = { ask: 'read', path: '/proc/driver/nvidia/version' }

/** Where distributions, NVIDIA's installer, the GPU Operator, GKE and Bottlerocket have them. */
const folders = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/run/nvidia/driver/usr/lib/x86_64-linux-gnu',
  '/run/nvidia/driver/usr/lib/aarch64-linux-gnu',
  '/run/nvidia/driver/usr/lib64',
  '/home/kubernetes/bin/nvidia/lib64',
  '/usr/local/nvidia/lib64',
  '/usr/lib/nvidia/tesla',
]

/** A link to the file that has the version in its name. */
const libraries = folders.map((folder): StatQuestion => ({
  ask: 'stat',
  path: `${folder}/libnvidia-ml.so.1`,
}))

function judgeLibraries(module: string, answers: Answers): Verdict {
  const all = libraries.map((question) => answers.of(question))
  const paths = all.flatMap((one) => (one.fate === 'found' ? [one.value.realPath] : []))
  const versions = paths.flatMap((path) => /libnvidia-ml\.so\.(\d+\.\d+(?:\.\d+)?)$/.exec(path)?.[1] ?? [])
  const evidence = [`module ${module}`, ...paths]
  if (versions.includes(module)) return verdict('NvidiaMatches', { version: module }, { evidence })
  const index = all.findIndex(({ fate }) => fate !== 'found' && fate !== 'absent')
  const [unread, question] = [all[index], libraries[index]]
  if (unread && question && unread.fate !== 'found' && unread.fate !== 'absent')
    return unanswered(question.path, unread, evidence)
  const [library] = versions
  if (library === undefined)
    return verdict('NotApplicable', {
      why: "NVIDIA's libraries are in none of the places that hostdeps knows",
    })
  return verdict('NvidiaMismatch', { module, library }, { evidence })
}

const reload: Fix = {
  reboot: true,
  note: 'The reboot loads the module that belongs to the libraries. Where no program has a card open, rmmod nvidia_uvm nvidia_drm nvidia_modeset nvidia && modprobe nvidia does the same.',
}
const replace: Fix = { note: 'Reboot the node; if that does not help, update its image.' }
