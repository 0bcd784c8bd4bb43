import type { Values } from './helm.ts'

/** As names of objects, images and the like. A reader of YAML takes each for another thing unless it is in quotes. */
export const notTexts: Values = {
  fullnameOverride: 'true',
  namespaceOverride: '123',
  serviceAccount: { name: 'y', annotations: { a: 'on' } },
  priorityClassName: '0x1f',
  image: { registry: '', repository: '1', tag: '20', pullPolicy: 'Always' },
  imagePullSecrets: ['null'],
  commonLabels: { a: 'no' },
  podAnnotations: { a: '1e3' },
  daemonSetAnnotations: { a: '~' },
  nodeSelector: { a: 'yes' },
  prober: { extraArgs: ['--x'], env: [{ name: 'on', value: '1_000' }] },
  server: { extraArgs: ['--x'], env: [{ name: 'off', value: '010' }] },
  prometheus: {
    monitor: { enabled: true, namespace: '1e3', scrapeTimeout: '10s', additionalLabels: { a: '1' } },
    rules: { enabled: true, namespace: '0777' },
  },
  grafana: { dashboard: { enabled: true, namespace: '0', labels: { a: '1_0' } } },
  gate: { enabled: true },
  auth: { enabled: true, secretName: 'null' },
  openshift: { enabled: true },
}
