import { createPrivateKey } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { onTestFinished } from 'vitest'
import { signOwn } from './make-certificate.ts'

export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** A folder that is gone after the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A new certificate for localhost and 127.0.0.1; `name` is its subject. */
export function makeCertificate(folder: string, name = 'first'): CertificateFiles {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const made = signOwn(name)
  writeFileSync(cert, made.cert)
  writeFileSync(key, made.key)
  return { cert, key }
}

/** Has fetch trust a certificate from now on. */
export function trust(cert: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(cert, 'utf8')])
}

/** A key with a passphrase. */
export function encryptKey(key: string): string {
  const locked = `${key}.locked`
  const encryption = { cipher: 'aes-256-cbc', passphrase: 'secret' }
  const text = createPrivateKey(readFileSync(key)).export({ type: 'pkcs8', format: 'pem', ...encryption })
  writeFileSync(locked, text)
  return locked
}

/** A Secret as the kubelet mounts it: the files are links through a link to a folder, and that one is swapped at once. */
export function mountSecret(first: CertificateFiles) {
  const folder = testFolder()
  let swaps = 0
  const swapIn = ({ cert, key }: CertificateFiles) => {
    const now = `..${++swaps}`
    mkdirSync(join(folder, now))
    copyFileSync(cert, join(folder, now, 'tls.crt'))
    copyFileSync(key, join(folder, now, 'tls.key'))
    symlinkSync(now, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  swapIn(first)
  const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')]
  symlinkSync(join('..data', 'tls.crt'), cert)
  symlinkSync(join('..data', 'tls.key'), key)
  return { files: { cert, key }, swapIn }
}
