import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { makeReport, readyIscsi } from './http/report-fixture.ts'
import { serve } from './http/serve.ts'
import { hasProgram } from './setup/has-program.ts'

const file = new URL('../examples/init-curl.yaml', import.meta.url).pathname

const hasCurl = hasProgram(['curl', '--version'], { shows: 'that the example works with curl' })

/** The command of the example, with the address of a server that is here; its waits are shortened. */
function commandOf(address: string): string[] {
  const command: string[] = parse(readFileSync(file, 'utf8')).spec.initContainers[0].command
  const shorter: Readonly<Record<string, string>> = { '5': '1' }
  return command.map((word) => shorter[word] ?? word.replace('http://hostdeps.hostdeps:9465', address))
}

test.runIf(hasCurl)('curl, as the example calls it, waits until the check is ready', async () => {
  const { source, server } = await serve()
  const [program = '', ...args] = commandOf(server.address)
  const waiting = execa(program, args, { reject: false })
  await expect.poll(() => source.subscribers).toBeGreaterThan(0)
  source.put(makeReport({ 'open-iscsi': readyIscsi }))
  expect(await waiting).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^ready/) })
})

test.runIf(hasCurl)('and comes again to an agent that is not there, and tells what it hears', async () => {
  const [program = '', ...args] = commandOf('http://127.0.0.1:1')
  const twice = args.map((word) => (word === '1000000' ? '2' : word))
  const { exitCode, stderr } = await execa(program, twice, { reject: false })
  expect(exitCode).toBe(7)
  expect(stderr.match(/Failed to connect/g)).toHaveLength(3)
})
