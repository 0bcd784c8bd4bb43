import type { Values } from './helm.ts'

/** What the API server takes, however it looks. */
export const odd: Values = {
  commonLabels: { 'a.example/B_c.d': '', x: 'A_b.c-1' },
  podLabels: { ['k'.repeat(63)]: 'v'.repeat(63) },
  podAnnotations: { 'A.example/b': 'any text: {}' },
  nodeSelector: { 'node-role.kubernetes.io/worker': '' },
  prober: {
    resources: {
      requests: { cpu: '5u', memory: '64Mi', 'ephemeral-storage': '.5' },
      limits: { cpu: '+1', memory: '1.5Gi', 'ephemeral-storage': '1.' },
    },
  },
  server: {
    resources: {
      requests: { cpu: 0.25, memory: 134_217_728, 'ephemeral-storage': '1e3' },
      limits: { cpu: '1E3', memory: '12E', 'ephemeral-storage': '1e+9' },
    },
  },
  priorityClassName: 'a.class',
  auth: { enabled: true, secretName: '1st.tls' },
  // No errors of Helm's: what is wrong in them is for the agents to say.
  customChecks: { 'a.yaml': 'Error: x', 'b.yaml': 'Error: { a: 1 }', 'c.yaml': 'Error:' },
}

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
