import { conditionType, prefix } from '#agent/model/names.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'

/** Where its Helm chart mounts custom_monitor_definitions; examples/npd-ready.sh is this script. */
const script = '/custom-config/npd-ready.sh'

/**
 * A config of node-problem-detector's custom plugin monitor
 * (https://github.com/kubernetes/node-problem-detector/blob/master/docs/custom_plugin_monitor.md): a permanent condition a check,
 * True when the host lacks it. The script asks the agent, because a plugin runs in a container of its own.
 */
export function renderNpd({ checks }: Report): string {
  const config = {
    plugin: 'custom',
    pluginConfig: {
      invoke_interval: '60s',
      // A rule may not take longer than all of them.
      timeout: '10s',
      // 80 by default; a message is rarely longer than this.
      max_output_length: 512,
      concurrency: 3,
      enable_message_change_based_condition_update: true,
    },
    source: 'hostdeps',
    metricsReporting: true,
    conditions: checks.map(conditionOf),
    rules: checks.map(ruleOf),
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/**
 * What is said with False, but also before the first answer, and with Unknown: so it claims nothing. At most 80 bytes, because the
 * name of a check has at most 56.
 */
function conditionOf({ name }: ReportCheck) {
  return { type: typeOf(name), reason: 'AskedOfHostdeps', message: `hostdeps is asked about ${name}` }
}

function ruleOf({ name }: ReportCheck) {
  const reason = typeOf(name)
  return { type: 'permanent', condition: reason, reason, path: script, args: [name], timeout: '8s' }
}

/** `open-iscsi` -> `OpenIscsiMissing`: without our prefix, by which alerts find conditions that are False when all is not well. */
function typeOf(check: string): string {
  return conditionType(check)
    .slice(prefix.length)
    .replace(/Ready$/, 'Missing')
}
