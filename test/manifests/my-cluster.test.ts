import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { load } from '#agent/catalog/load.ts'
import { defaultConfig } from '#agent/catalog/config.ts'

/** What people make their own kustomization from, as it stands there and with every line of it in use. */
const manifests = resolve(import.meta.dirname, '../../manifests')
const text = readFileSync(join(manifests, 'my-cluster.yaml'), 'utf8')
const whole = text.replaceAll(/^( +)# (?=-|    )/gm, '$1')

function dataOf(kustomization: string, name: string): Record<string, string> {
  const patches: { patch: string }[] = parse(kustomization).patches
  return patches.map(({ patch }) => parse(patch)).find(({ metadata }) => metadata.name === name)?.data
}

test('as it is, it applies the base with the default config', () => {
  const { resources, components } = parse(text)
  expect([resources, components]).toEqual([['../manifests'], ['image']])
  expect(parse(dataOf(text, 'hostdeps')['config.yaml'] ?? '')).toEqual({ checks: defaultConfig.checks })
})

test('every overlay that it offers is there', () => {
  const named = [...text.matchAll(/\.\.\/(manifests\S*)/g)].map(([, path = '']) => path)
  expect(named).toHaveLength(6)
  for (const path of named) expect([path, existsSync(join(manifests, '..', path))]).toEqual([path, true])
  expect(parse(whole).components).toHaveLength(5)
})

test('the custom check that it shows is one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-my-cluster-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, check] of Object.entries(dataOf(whole, 'hostdeps-checks')))
    writeFileSync(join(folder, name), check)
  const { catalog } = load({ config: null, customChecks: folder, allowCommands: false })
  expect(catalog.get('data-disk')?.needs).toHaveLength(1)
})
