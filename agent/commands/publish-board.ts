import type { Logger } from 'pino'
import type { Config } from '../catalog/config.ts'
import { systemClock } from '../host/clock.ts'
import { findKubeConfig } from '../kube/find-kube-config.ts'
import { openNodeApi } from '../kube/open-node-api.ts'
import type { Settings } from '../model/report.ts'
import { Publisher } from '../publish/publisher.ts'
import type { ReportBoard } from '../publish/report-board.ts'
import { restoreSettled } from '../publish/restore.ts'

/** Puts what the board says on the Node that NODE_NAME names. Without that or an API server nothing is published: null, and why. */
export function publishBoard(
  board: ReportBoard,
  config: Config,
  log: Logger,
): { publisher: Publisher } | { publisher: null; why: string } {
  const kubeConfig = findKubeConfig()
  if (kubeConfig === null) return { publisher: null, why: 'no API server is configured' }
  const node = process.env['NODE_NAME']
  if (node === undefined) return { publisher: null, why: 'NODE_NAME is not set' }
  const settings = settingsOf(config)
  const publisher = new Publisher({
    api: openNodeApi(kubeConfig),
    node,
    clock: systemClock,
    log,
    restore: (view) => {
      const [now, boot] = [systemClock.now(), systemClock.boot()]
      board.restore(restoreSettled(view, { settings, now, boot }))
    },
  })
  board.subscribe((report) => publisher.publish(report))
  return { publisher }
}

/** Until the first round brings those of the prober. */
function settingsOf({ checks, interval, unknownAfter, publish }: Config): Settings {
  return { hash: '', checks, interval, unknownAfter, publish, mistakes: [] }
}
