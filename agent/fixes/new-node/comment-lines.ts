import { plainText } from '#agent/model/plain.ts'

/** Columns at which comments are folded. */
const width = 118

/** Texts as comments of YAML, each begun on a line of its own; one that goes on is indented. */
export function commentLines(texts: readonly string[]): string {
  return texts
    .flatMap(foldText)
    .map((line) => `# ${line}\n`)
    .join('')
}

function foldText(text: string): readonly string[] {
  const lines: string[] = []
  for (const word of plainText(text).split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : `  ${word}`)
  }
  return lines.map((line) => line.trimEnd())
}
