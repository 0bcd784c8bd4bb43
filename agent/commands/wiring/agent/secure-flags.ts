import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import type { AuthOptions } from '#agent/http/auth/guard.ts'
import type { PairFiles } from '#agent/http/tls/pair.ts'
import { findKubeConfig } from '#agent/kube/access/find-kube-config.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'

/** Who may read what is served, and by what certificate. No config says so: whoever edits one must not open the port. */
export interface SecureFlags {
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly auth?: 'kubernetes'
  readonly authAudience?: readonly string[]
  readonly authExempt?: readonly string[]
}

/** A token for it is of no use at the API server, so whoever gets hold of one at an agent can do nothing else with it. */
const usualAudience = 'hostdeps.dev'

export function addSecureFlags(command: Command): Command {
  return command
    .option(
      '--tls-cert <file>',
      'serve HTTPS with this certificate (PEM); a new one in the file is used at once',
    )
    .option('--tls-key <file>', 'the key of --tls-cert')
    .addOption(
      new Option(
        '--auth <way>',
        'serve only to bearer tokens whose user may "get" the path as a nonResourceURL, by TokenReview and SubjectAccessReview; /healthz and /readyz are served to all',
      ).choices(['kubernetes']),
    )
    .addOption(
      new Option(
        '--auth-audience <name>',
        `an audience that a token must be for; may be repeated (default: ${usualAudience})`,
      ).argParser(collect),
    )
    .addOption(
      new Option(
        '--auth-exempt <path>',
        'a path, or one with all below it, that needs no token, like /ready/; may be repeated',
      ).argParser((path: string, paths?: readonly string[]) => collect(readExempt(path), paths)),
    )
}

export interface Secure {
  readonly tls?: PairFiles
  readonly auth?: AuthOptions
}

/** What the flags say together; throws a UsageError where they say half of it. */
export async function openSecure(flags: SecureFlags, log: Logger): Promise<Secure> {
  const [tls, auth] = [pairOf(flags), await authOf(flags)]
  if (auth !== null && tls === null) log.warn('without --tls-cert, tokens come to this port in the clear')
  return { ...(tls !== null && { tls }), ...(auth !== null && { auth }) }
}

function pairOf({ tlsCert: cert, tlsKey: key }: SecureFlags): PairFiles | null {
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert !== undefined) throw new UsageError('--tls-cert needs --tls-key')
  if (key !== undefined) throw new UsageError('--tls-key needs --tls-cert')
  return null
}

async function authOf({ auth, authAudience, authExempt = [] }: SecureFlags): Promise<AuthOptions | null> {
  if (auth === undefined) {
    if (authAudience !== undefined) throw new UsageError('--auth-audience needs --auth')
    if (authExempt.length > 0) throw new UsageError('--auth-exempt needs --auth')
    return null
  }
  const kubeConfig = findKubeConfig()
  if (kubeConfig === null)
    throw new UsageError("--auth=kubernetes needs an API server: a kubeconfig, or a pod's service account")
  const { openReviewApi } = await import('#agent/kube/open-review-api.ts')
  return {
    api: openReviewApi(kubeConfig),
    audiences: authAudience ?? [usualAudience],
    exempt: authExempt,
  }
}

function collect(value: string, values: readonly string[] = []): readonly string[] {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty.')
  return [...values, value]
}

function readExempt(path: string): string {
  if (!path.startsWith('/')) throw new InvalidArgumentError('It must begin with a slash, like /ready/.')
  if (path === '/')
    throw new InvalidArgumentError('That is every path; leave out --auth to serve them to everybody.')
  return path
}
