import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { onTestFinished } from 'vitest'

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

/** A new certificate for localhost and 127.0.0.1, signed by its own key; `name` is its subject. */
export function makeCertificate(folder: string, name = 'first'): CertificateFiles {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const said = ['-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync('openssl', [...made, ...said, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { cert, key }
}

/** Has fetch trust a certificate from now on. */
export function trust(cert: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(cert, 'utf8')])
}

/** A key with a passphrase. */
export function encryptKey(key: string): string {
  const locked = `${key}.locked`
  execFileSync('openssl', ['pkey', '-aes256', '-passout', 'pass:secret', '-in', key, '-out', locked])
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
