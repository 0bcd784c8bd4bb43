import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPair } from '#agent/http/tls/pair.ts'
import { encryptKey, makeCertificate, testFolder } from './certificates.ts'

test('a certificate and its key', async () => {
  const folder = testFolder()
  const files = makeCertificate(folder)
  const read = await readPair(files)
  expect(read).toMatchObject({ ok: true, pair: { cert: readFileSync(files.cert, 'latin1') } })
  // With those that vouch for it, as cert-manager writes them.
  const other = makeCertificate(folder, 'other')
  writeFileSync(files.cert, readFileSync(files.cert, 'utf8') + readFileSync(other.cert, 'utf8'))
  expect(await readPair(files)).toMatchObject({ ok: true })
})

test('each mistake is one line, which names the flag and the file and quotes neither', async () => {
  const folder = testFolder()
  const { cert, key } = makeCertificate(folder)
  const other = makeCertificate(folder, 'other')
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const none = join(folder, 'none')
  const text = readFileSync(cert, 'utf8')
  const cases: [certFile: string, keyFile: string, mistake: string][] = [
    [none, key, `--tls-cert ${none} could not be read: ENOENT`],
    [cert, none, `--tls-key ${none} could not be read: ENOENT`],
    [folder, key, `--tls-cert ${folder} is not a file`],
    [file('empty', ''), key, `--tls-cert ${join(folder, 'empty')} has no certificate in PEM`],
    [key, key, `--tls-cert ${key} has no certificate in PEM`],
    [cert, cert, `--tls-key ${cert} has no private key in PEM`],
    [cert, file('text', 'secret'), `--tls-key ${join(folder, 'text')} has no private key in PEM`],
    [cert, encryptKey(key), `--tls-key ${key}.locked is encrypted, and there is no passphrase`],
    [cert, other.key, `--tls-key ${other.key} is not the key of --tls-cert ${cert}`],
    [
      file('chain', text + text.replace(/\n.{40}/, '\n')),
      key,
      `--tls-cert ${join(folder, 'chain')} cannot be served`,
    ],
    [file('large', 'x'.repeat(1_100_000)), key, `--tls-cert ${join(folder, 'large')} is larger than 1 MiB`],
  ]
  for (const [certFile, keyFile, mistake] of cases)
    expect(await readPair({ cert: certFile, key: keyFile })).toEqual({ ok: false, mistake })
})
