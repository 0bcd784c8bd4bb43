import type { Logger } from 'pino'
import type { Config } from '#agent/catalog/config.ts'
import { systemClock } from '#agent/host/clock.ts'
import { findKubeConfig } from '#agent/kube/find-kube-config.ts'
import { openNodeApi } from '#agent/kube/open-node-api.ts'
import type { PublishStatus, Settings } from '#agent/model/report.ts'
import { watchConfinement } from '#agent/publish/confinement.ts'
import { Publisher } from '#agent/publish/publisher.ts'
import type { ReportStore } from '#agent/publish/report-store.ts'
import { restoreSettled } from '#agent/publish/restore.ts'
import { givenNodeName } from './node-name.ts'

/** What is published, or why nothing is. */
export type Published =
  | { readonly status: () => PublishStatus; stop(): void }
  | { readonly status: null; readonly why: string }

/**
 * Puts what the store says on the Node that NODE_NAME names. Without that or an API server nothing is published. An agent's
 * `token` is to be confined, and is watched for it.
 */
export function publishToNode(
  store: ReportStore,
  config: Config,
  { log, token }: { log: Logger; token: boolean },
): Published {
  const kubeConfig = findKubeConfig()
  if (kubeConfig === null) return { status: null, why: 'no API server is configured' }
  const node = givenNodeName()
  if (node === null) return { status: null, why: 'NODE_NAME is not set' }
  const api = openNodeApi(kubeConfig)
  const settings = settingsOf(config)
  const publisher = new Publisher({
    api,
    node,
    clock: systemClock,
    log,
    restore: (view) => {
      const [now, boot] = [systemClock.now(), systemClock.boot()]
      store.restore(restoreSettled(view, { settings, now, boot }))
    },
  })
  store.subscribe((report) => publisher.publish(report))
  const confinement = token
    ? watchConfinement({ api, node, clock: systemClock, log, reapply: config.publish.reapply })
    : null
  store.subscribe((report) => confinement?.every(report.settings.publish.reapply))
  return {
    status: () => ({ ...publisher.status(), policyEnforced: confinement?.isEnforced() ?? null }),
    stop() {
      publisher.stop()
      confinement?.stop()
    },
  }
}

/** Until the first round brings those of the prober. */
function settingsOf({ checks, interval, unknownAfter, publish }: Config): Settings {
  return { hash: '', checks, interval, unknownAfter, publish, mistakes: [], aliases: {} }
}
