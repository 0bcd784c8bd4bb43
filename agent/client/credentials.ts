import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { BlockList, isIPv6 } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

export interface CredentialFiles {
  /** Of a bearer token; null to send none. */
  readonly token: string | null
  /** Of certificate authorities in PEM, which are trusted too; null for those of Node.js alone. */
  readonly ca: string | null
}

/** With what the next request is made. */
export type Credentials =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  /** One line; nothing of the files is in it. */
  | { readonly ok: false; readonly mistake: string }

/** What a header may hold (RFC 6750, 2.1). */
const tokenForm = /^[\w.~+/-]+=*$/

/**
 * Reads both files anew for each request: the kubelet renews a projected token long before it ends, and a certificate authority may
 * change too.
 */
export function openCredentials({ token, ca }: CredentialFiles): () => Promise<Credentials> {
  const trust = openTrust()
  return async () => {
    try {
      if (ca !== null && !trust(await read('--ca', ca)))
        return { ok: false, mistake: `--ca ${ca} has no certificate in PEM` }
      const text = token === null ? null : (await read('--token-file', token)).trim()
      if (text !== null && !tokenForm.test(text))
        return { ok: false, mistake: `--token-file ${token} has no bearer token` }
      return { ok: true, headers: text === null ? {} : { authorization: `Bearer ${text}` } }
    } catch (error) {
      return { ok: false, mistake: (error as Error).message }
    }
  }
}

/** Whether a token may be sent there: nobody can read it on the way. */
export function isPrivate({ protocol, hostname }: URL): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  const isLoopback = hostname === 'localhost' || loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  return protocol === 'https:' || isLoopback
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

async function read(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(`${flag} ${path} could not be read: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    })
  }
}

/** Trusts what a file says beside what Node.js trusts. It holds for the connections of this process that are opened from then on. */
function openTrust(): (pem: string) => boolean {
  let usual: readonly string[] | null = null
  let before: string | null = null
  return (pem) => {
    if (pem === before) return true
    usual ??= getCACertificates('default')
    if (!hasCertificate(pem)) return false
    setDefaultCACertificates([...usual, pem])
    before = pem
    return true
  }
}

function hasCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}
