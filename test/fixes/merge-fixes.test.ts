import { expect, test } from 'vitest'
import { mergeFixes } from '#agent/fixes/merge-fixes.ts'

test('packages, modules and settings come once, and of two numbers the greater', () => {
  const one = { packages: ['a', 'b'], modules: ['m'], sysctls: { x: '8192', y: '1' } }
  const two = { packages: ['b', 'c'], modules: ['m'], sysctls: { x: '1024', y: '2' } }
  for (const fixes of [
    [one, two],
    [two, one],
  ])
    expect(mergeFixes(fixes)).toMatchObject({ modules: ['m'], sysctls: { x: '8192', y: '2' } })
  expect(mergeFixes([one, two]).packages).toEqual(['a', 'b', 'c'])
})

test('the value of a setting that is no number is the last', () => {
  const fixes = [{ sysctls: { x: '10 20' } }, { sysctls: { x: '5 6' } }]
  expect(mergeFixes(fixes).sysctls).toEqual({ x: '5 6' })
})

test('files come before units, and a restart that both want after the files of both', () => {
  const restart = 'systemctl daemon-reload && systemctl restart containerd'
  const limit = (name: string) => ({ run: ['mkdir -p /d', `printf ${name} > /d/${name}`, restart] })
  const fixes = [{ run: ['systemctl enable --now iscsid'] }, limit('a'), limit('b'), { run: ['swapoff -a'] }]
  expect(mergeFixes(fixes).run).toEqual([
    'swapoff -a',
    'systemctl enable --now iscsid',
    'mkdir -p /d',
    'printf a > /d/a',
    'printf b > /d/b',
    restart,
  ])
})

test('of two numbers of huge pages the greater is written, wherever it stands', () => {
  const pages = (count: number) => ({ run: [`echo ${count} > /sys/nr_hugepages`] })
  expect(mergeFixes([pages(512), pages(1024), pages(1)]).run).toEqual(['echo 1024 > /sys/nr_hugepages'])
})

test('one reboot is enough, and none waits for what is only recommended', () => {
  expect(mergeFixes([{ reboot: true }, { reboot: true, mayWait: true }])).toMatchObject({
    reboot: true,
    mayWait: false,
  })
})

test('of several checks, packages that may need another repository are installed apart', () => {
  const fixes = [
    { packages: ['zfs'], note: 'In contrib: name that first.' },
    { packages: ['open-iscsi'] },
    { packages: ['runsc', 'open-iscsi'], note: 'From its own repository.' },
  ]
  expect(mergeFixes(fixes, true)).toMatchObject({
    packages: ['open-iscsi'],
    packagesApart: [['zfs'], ['runsc']],
  })
  expect(mergeFixes(fixes)).toMatchObject({ packages: ['zfs', 'open-iscsi', 'runsc'] })
})
