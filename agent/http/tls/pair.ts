import { X509Certificate, createPrivateKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'

export interface PairFiles {
  readonly cert: string
  readonly key: string
}

/** A certificate with those that vouch for it, and its key, both as PEM. */
export interface Pair {
  readonly cert: string
  readonly key: string
  /** When the certificate ends, as OpenSSL writes it. */
  readonly validTo: string
}

export type ReadPair =
  | { readonly ok: true; readonly pair: Pair }
  /** One line; nothing of the files is in it. */
  | { readonly ok: false; readonly mistake: string }

/** Bytes. */
const largest = 1024 * 1024

/**
 * Reads both files and checks that they belong together. The kubelet swaps both of a Secret at once, by one link: when the certificate is
 * another after the key was read, both are read again.
 */
export async function readPair(files: PairFiles): Promise<ReadPair> {
  try {
    for (let tries = 0; tries < 5; tries++) {
      const [cert, key] = [await readPem('--tls-cert', files.cert), await readPem('--tls-key', files.key)]
      if (cert === (await readPem('--tls-cert', files.cert)))
        return { ok: true, pair: check(cert, key, files) }
    }
    throw new Mistake(`--tls-cert ${files.cert} changes while it is read`)
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    return { ok: false, mistake: error.message }
  }
}

/** What a TLS server is told: https://wiki.mozilla.org/Security/Server_Side_TLS calls TLS 1.1 and older broken. */
export function contextOf({ cert, key }: Pair): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' }
}

class Mistake extends Error {}

async function readPem(flag: string, path: string): Promise<string> {
  try {
    const file = await stat(path)
    if (!file.isFile()) throw new Mistake(`${flag} ${path} is not a file`)
    if (file.size > largest) throw new Mistake(`${flag} ${path} is larger than 1 MiB`)
    return await readFile(path, 'latin1')
  } catch (error) {
    if (error instanceof Mistake) throw error
    throw new Mistake(`${flag} ${path} could not be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

function check(cert: string, key: string, files: PairFiles): Pair {
  const certificate = attempt(
    () => new X509Certificate(cert),
    `--tls-cert ${files.cert} has no certificate in PEM`,
  )
  if (!certificate.checkPrivateKey(readKey(key, files.key)))
    throw new Mistake(`--tls-key ${files.key} is not the key of --tls-cert ${files.cert}`)
  const pair = { cert, key, validTo: certificate.validTo }
  // It also reads the certificates after the first, and refuses keys that are too short.
  attempt(() => createSecureContext(contextOf(pair)), `--tls-cert ${files.cert} cannot be served`)
  return pair
}

function readKey(key: string, path: string): KeyObject {
  if (/^-----BEGIN.* ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(key))
    throw new Mistake(`--tls-key ${path} is encrypted, and there is no passphrase`)
  return attempt(() => createPrivateKey(key), `--tls-key ${path} has no private key in PEM`)
}

function attempt<T>(make: () => T, mistake: string): T {
  try {
    return make()
  } catch {
    throw new Mistake(mistake)
  }
}
