import type { FileStat } from '#agent/model/question.ts'

/** Words for what stands at a path. */
export const typeWords = {
  file: 'regular file',
  directory: 'directory',
  socket: 'socket',
  char: 'character device',
  block: 'block device',
  fifo: 'FIFO',
} as const satisfies Record<FileStat['type'], string>

export function showMode(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

/** As evidence: nothing of what is in it. */
export function showStat(stat: FileStat): string {
  return `${stat.realPath}, ${typeWords[stat.type]}, mode ${showMode(stat.mode)}`
}
