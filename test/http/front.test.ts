import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { crash, fakeSource, hostile, makeReport } from './report-fixture.ts'
import { composedReport } from '../hosts/composed-report.ts'
import { serve } from './serve.ts'

const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }

test('curl gets what is missing first, with the fix, and where to look next', async () => {
  const { get } = await serve()
  const { body, type } = await get('/')
  expect(type).toBe('text/plain; charset=utf-8')
  expect(body).toMatchInlineSnapshot(`
    "hostdeps on worker-1 (Debian GNU/Linux 12 (bookworm), kernel 6.1.0-28-amd64, amd64)
    1 missing, 1 unknown, 2 ready, 1 not-applicable; asked 2026-11-24T08:00:00.000Z in 12 ms

    missing <- the checks that want it:
      iscsiadm is not on the host's PATH <- open-iscsi
      unit iscsid.service or iscsid.socket does not exist <- open-iscsi

    unknown:
      no permission to check /etc/nfs.conf: EACCES <- nfs-client

    ready, but recommended:
      chronyd.service is not enabled at boot <- time-sync

    ready: kubernetes-node
    not-applicable: gpu

    Fix, as root on worker-1:
      apt-get update && apt-get install -y open-iscsi
      systemctl enable --now iscsid
      systemctl enable --now chronyd

    Next: curl .../?all               every check, with its own fix
          curl .../checks/<name>       one check, who wants it, and its last changes
          curl .../v1/report           everything as JSON, with evidence
          curl .../v1/checks/<name>    one check as JSON
          curl .../ready/<name>        200 or 503; ?wait=120s holds until it is ready
    "
  `)
})

test('on a bare node curl gets less than a screen, about what matters there', async () => {
  const running = { containers: ['longhorn-manager', 'calico-node'], drivers: ['nfs.csi.k8s.io'] }
  const { get } = await serve(fakeSource(await composedReport('k3s-on-debian', running)))
  const { body } = await get('/')
  expect(body.split('\n').length).toBeLessThanOrEqual(40)
  expect(body).toContain("iscsiadm is not on the host's PATH <- open-iscsi, longhorn\n")
  expect(body).toContain('longhorn (its container was started here)')
  expect(body).toContain('apt-get install -y')
  expect(body).toMatch(/^\d+ more checks are for what was not seen here \(.*\): curl \.\.\.\/\?all$/m)
  expect(body).not.toContain('amd-gpu')
  const all = (await get('/?all')).body
  expect(all).toContain('MISSING amd-gpu')
  expect(all.indexOf('MISSING open-iscsi')).toBeLessThan(all.indexOf('MISSING amd-gpu'))
  const page = await get('/', browser)
  expect(page.body).toMatch(/<title>\d missing - worker-1 - hostdeps<\/title>/)
  const [here = '', others = ''] = page.body.split('id="others-group"')
  expect(here).toContain('id="check-longhorn"')
  expect(here).not.toContain('id="check-amd-gpu"')
  expect(others).toContain('id="check-amd-gpu"')
  expect(others).not.toMatch(/^\s+open/)
  expect((await get('/?all', browser)).body).toMatch(/id="others-group"\s+open/)
})

test('curl gets printable ASCII, whatever a host says', async () => {
  const message = 'caf\u00e9 \u2026 \u001b[31mred\u001b[0m \u202e \ud83d\ude00'
  const { get } = await serve(fakeSource(makeReport({ 'open-iscsi': { message, findings: [] } })))
  const { body } = await get('/')
  expect(body).toMatch(/^[\n\x20-\x7e]+$/)
  expect(body).toContain('cafe ... ?[31mred?[0m')
})

test('stale and unpublished reports say so first', async () => {
  const state = { stalled: 'no round has finished for 200 s', unpublished: 'the API server does not answer' }
  const { get } = await serve(Object.assign(fakeSource(), state))
  const [text, page] = [await get('/'), await get('/', browser)]
  for (const { body } of [text, page]) {
    expect(body).toContain('no round has finished for 200 s')
    expect(body).toContain('the API server does not answer')
  }
})

test('before the first round both say so', async () => {
  const { get } = await serve(fakeSource(null))
  expect((await get('/')).body).toContain('No round has finished yet.')
  expect((await get('/', browser)).body).toContain('No round has finished yet.')
})

test('the page allows its own script and style by their hashes, and nothing else', async () => {
  const { get } = await serve()
  const { body, type, headers } = await get('/', browser)
  expect(type).toBe('text/html; charset=utf-8')
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  for (const tag of ['script', 'style']) {
    const inside = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(body)?.[1] ?? ''
    expect(policy).toContain(`${tag}-src 'sha256-${createHash('sha256').update(inside).digest('base64')}'`)
  }
  expect(body).not.toMatch(/\son[a-z]+=["']?[a-z]|style="|(src|href)="(https?:)?\/\//)
})

test('no text from a host becomes markup, wherever it is', async () => {
  const findings = [
    { need: hostile, kind: hostile, message: hostile, evidence: [hostile], why: hostile, fix: hostile },
  ]
  const text = { title: hostile, why: hostile, message: hostile, fix: hostile, since: hostile }
  const pending = { state: 'missing', reason: 'BinaryNotFound', since: hostile } as const
  const base = makeReport({ 'nfs-client': { findings: [] }, gpu: { ...text, pending } })
  const [, iscsi] = base.checks
  const inner = findings.map(
    (finding) => ({ ...finding, state: 'ready', reason: 'AllReady', recommended: false }) as const,
  )
  const checks = base.checks.map((check) => (check === iscsi ? { ...check, findings: inner } : check))
  const host = {
    ...base.host,
    hostname: hostile,
    os: hostile,
    distro: hostile,
    kernel: hostile,
    arch: hostile,
  }
  const report = { ...base, node: hostile, at: hostile, host, checks }
  const { get } = await serve(Object.assign(fakeSource(report), { unpublished: hostile }))
  const { body } = await get('/', browser)
  expect(body.split('&lt;script&gt;').length).toBeGreaterThan(15)
  expect(body.match(/<script/g)).toHaveLength(1)
  expect(body).not.toContain('<img')
})

test('the page has a tag, so that asking again costs nothing', async () => {
  const { get, source } = await serve()
  const etag = (await get('/', browser)).headers.get('etag') ?? ''
  const headers = { ...browser.headers, 'if-none-match': etag }
  expect((await get('/', { headers })).status).toBe(304)
  source.unpublished = 'the API server does not answer'
  await expect.poll(async () => (await get('/', { headers })).status).toBe(200)
})

test('says how many findings of a check and of a finding are left out', async () => {
  const finding = makeReport().checks[0]?.findings[0]
  const findings = finding === undefined ? [] : [{ ...finding, findings: [], omitted: 7 }]
  const { get } = await serve(fakeSource(makeReport({ gpu: { findings, omitted: 1_234 } })))
  const { body } = await get('/checks/gpu', browser)
  for (const count of [7, 1_234])
    expect(body).toContain(`<p>${count} more are left out, because there would be too many.</p>`)
})

const crashing = () =>
  fakeSource({ ...makeReport(), crashes: [crash(), crash({ pod: 'longhorn-manager-9xk2c' })] })
const paths = ['/', '/v1/report', '/v1/checks/open-iscsi', '/ready/open-iscsi', '/metrics']

test('what crashes here comes first, with its pods on loopback', async () => {
  const { get } = await serve(crashing())
  const { body } = await get('/')
  expect(body.split('\n').slice(2, 9)).toEqual([
    '',
    "CRASHING 2 containers crash here because iscsiadm is not on the host's PATH (open-iscsi, longhorn)",
    '  longhorn-system/longhorn-manager-5mc6p, container longhorn-manager, 3 restarts',
    '  longhorn-system/longhorn-manager-9xk2c, container longhorn-manager, 3 restarts',
    '  Fix, as root on worker-1:',
    '    apt-get update && apt-get install -y open-iscsi',
    '    systemctl enable --now iscsid',
  ])
  const page = (await get('/', browser)).body
  expect(page).toContain('2 containers crash here because iscsiadm')
  expect(page).toContain('longhorn-system/longhorn-manager-5mc6p')
  const metrics = (await get('/metrics')).body
  expect(metrics).toContain('hostdeps_crashing_containers{check="open-iscsi"} 2')
})

test('on any other address nothing names a pod', async () => {
  const { get } = await serve(crashing(), '0.0.0.0')
  for (const path of paths)
    for (const init of [{}, browser])
      expect((await get(path, init)).body).not.toMatch(/longhorn-manager|longhorn-system/)
  expect((await get('/')).body).toContain('2 containers crash here')
  expect(JSON.parse((await get('/v1/report')).body)).toMatchObject({ crashes: [{ containers: 2 }] })
})
