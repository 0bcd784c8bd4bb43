import type { Logger } from 'pino'
import type { Config } from '#agent/catalog/config.ts'
import { systemClock } from '#agent/host/clock.ts'
import { findKubeConfig } from '#agent/kube/access/find-kube-config.ts'
import { openNodeApi } from '#agent/kube/open-node-api.ts'
import type { PublishStatus, Settings } from '#agent/model/report.ts'
import { watchConfinement } from '#agent/publish/confinement.ts'
import { Publisher } from '#agent/publish/publisher.ts'
import type { ReportStore } from '#agent/publish/report-store.ts'
import { restoreSettled } from '#agent/publish/restore.ts'
import { givenNodeName } from '#agent/commands/wiring/node-name.ts'

/** The state of publishing, or why nothing is published. */
export type Published =
  | { readonly status: () => PublishStatus; stop(): void }
  | { readonly status: null; readonly why: string }

/**
 * Publishes the store's reports on the Node named by NODE_NAME. Without a name or an API server nothing is published. With
 * `token`, it watches that the agent's token is confined.
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

/** Settings until the first round brings those of the prober. */
function settingsOf({ checks, interval, unknownAfter, publish }: Config): Settings {
  return { hash: '', checks, interval, unknownAfter, publish, mistakes: [], aliases: {} }
}
