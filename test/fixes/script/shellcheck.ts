import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { hasProgram } from '../../setup/has-program.ts'

export const hasShellcheck = hasProgram(['shellcheck', '--version'], {
  shows: 'that shellcheck has nothing against the scripts of fix and of new-node',
})

/** What shellcheck says of the scripts, each read as the shell of its first line; exit code 0 when it has nothing against them. */
export async function shellcheck(
  scripts: readonly string[],
): Promise<{ exitCode: number | undefined; stdout: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-scripts-'))
  try {
    const files = scripts.map((_, index) => join(folder, `${index}.sh`))
    for (const [index, file] of files.entries()) writeFileSync(file, scripts[index] ?? '')
    const { exitCode, stdout } = await execa('shellcheck', files, { reject: false })
    return { exitCode, stdout }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
