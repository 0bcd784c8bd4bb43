import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { formats } from '#agent/render/formats.ts'
import { composedReport } from '../hosts/composed-report.ts'

const bare = await composedReport('k3s-on-debian', {
  containers: ['longhorn-manager', 'calico-node'],
  drivers: ['nfs.csi.k8s.io'],
})

test('folded: what is published or was seen, one script, and the rest in a line', () => {
  const text = formats.summary(bare, { color: false, foldedAt: 'hostdeps check --all' })
  expect(text).toContain("iscsiadm is not on the host's PATH <- open-iscsi, longhorn\n")
  expect(text).toMatch(/^not published: .*longhorn \(its container was started here\)/m)
  expect(text).toMatch(/^\d+ more checks are for what was not seen here \(.*\): hostdeps check --all$/m)
  expect(text).not.toContain('amd-gpu')
  expect(text.match(/^Fix, as root on worker-1:$/gm)).toHaveLength(1)
  expect(text.match(/apt-get install/g)).toHaveLength(1)
})

test('whole: a sentence stands once, however many checks want the thing', () => {
  const text = formats.summary(bare, { color: false })
  const lines = text.split('\n').map((line) => line.trim().replace(/ <- .*/, ''))
  const causes = lines.filter((line) => line.includes("not on the host's PATH") && !line.startsWith('none'))
  expect(causes.length).toBeGreaterThan(5)
  const missing = text.slice(0, text.indexOf('ready, but recommended'))
  for (const cause of causes) expect(missing.split(`  ${cause}`).length).toBeLessThanOrEqual(2)
})

test('colours change nothing but colours', () => {
  const [plain, colored] = [false, true].map((color) => formats.summary(bare, { color }))
  expect(colored).toContain('\u001b[31mmissing')
  expect(stripVTControlCharacters(colored ?? '')).toBe(plain)
})

test('the script has packages, modules, settings, files and units in this order, none of it twice', () => {
  const steps = [/apt-get install/, /^modprobe /, /^sysctl -w /, /^(systemctl|rc-)/]
  const lines = (bare.fix ?? '').split('\n').filter((line) => !line.startsWith('#'))
  const order = lines.map((line) => steps.findIndex((step) => step.test(line))).filter((step) => step >= 0)
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect(new Set(order).size).toBeGreaterThan(1)
  expect(new Set(lines).size).toBe(lines.length)
})
