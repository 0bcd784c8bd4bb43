import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** A key with a passphrase. */
export function encryptKey(key: string): string {
  const locked = `${key}.locked`
  execFileSync('openssl', ['pkey', '-aes256', '-passout', 'pass:secret', '-in', key, '-out', locked])
  return locked
}

/** Both into one folder, as the kubelet mounts a Secret: tls.crt and tls.key by a link that is swapped. */
export function copyPair(from: CertificateFiles, to: CertificateFiles): void {
  writeFileSync(to.cert, readFileSync(from.cert))
  writeFileSync(to.key, readFileSync(from.key))
}
