import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { crash, fakeSource, hostile, makeReport, startedAt, turned } from './report-fixture.ts'
import { composedReport } from '../hosts/composed-report.ts'
import { serve } from './serve.ts'

const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }

test('curl gets one check with all that is around it', async () => {
  const source = fakeSource(makeReport({ 'open-iscsi': { sources: ['https://example.com/why'] } }))
  source.changes = { 'open-iscsi': [turned] }
  const { get } = await serve(source)
  const { body, type, status } = await get('/checks/open-iscsi')
  expect([status, type]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(body).toMatchInlineSnapshot(`
    "missing: iscsiadm is not on the host's PATH (and 1 more) (BinaryNotFound)
    check open-iscsi - iSCSI initiator (open-iscsi) - on node worker-1, since 2026-11-24T07:00:00.000Z
    here: published; the Node says hostdeps.dev/open-iscsi=missing; asked 2026-11-24T08:00:00.000Z

    Volumes are attached by iscsiadm, run on the host; without it the pods that use them crash or hang.

    Fix, as root on worker-1:
      apt-get update && apt-get install -y open-iscsi
      systemctl enable --now iscsid

    needs:
      missing binary:iscsiadm: iscsiadm is not on the host's PATH (BinaryNotFound)
        Longhorn runs it through nsenter.
        seen: looked in /usr/local/sbin, /usr/sbin, /sbin
      missing unit:iscsid.service: unit iscsid.service or iscsid.socket does not exist (UnitNotFound)

    changes, kept since 2026-11-24T06:00:00.000Z:
      2026-11-24T07:00:00.000Z ready -> missing: iscsiadm went away (BinaryNotFound)

    sources:
      https://example.com/why

    Next: curl .../v1/checks/open-iscsi   the same as JSON
    "
  `)
})

test('it names who wants the check, those that matter here first, and what crashes because of it', async () => {
  const report = await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] })
  const { get } = await serve(fakeSource({ ...report, crashes: [crash()] }))
  const { body } = await get('/checks/open-iscsi')
  expect(body).toMatch(/^wanted by: longhorn \(crashes here, its container was started here\), \w/m)
  expect(body).toContain('CRASHING 1 container crashes here because iscsiadm')
  expect((await get('/checks/nfs-client')).body).not.toContain('CRASHING')
  expect((await get('/checks/longhorn')).body).toContain('not published')
  const page = (await get('/checks/open-iscsi', browser)).body
  expect(page.indexOf('href="longhorn"')).toBeGreaterThan(0)
  expect(page.indexOf('href="longhorn"')).toBeLessThan(page.indexOf('href="iscsi-volumes"'))
})

test('its last changes are in the JSON too, the newest first, and since when they are kept', async () => {
  const source = fakeSource()
  source.changes = { 'open-iscsi': [turned] }
  const { get } = await serve(source)
  const { history, historySince } = JSON.parse((await get('/v1/checks/open-iscsi')).body)
  expect({ history, historySince }).toEqual({ history: [turned], historySince: startedAt })
})

test('on any other address nothing names a pod', async () => {
  const { get } = await serve(fakeSource({ ...makeReport(), crashes: [crash()] }), '0.0.0.0')
  for (const init of [{}, browser]) {
    const { body } = await get('/checks/open-iscsi', init)
    expect(body).toContain('1 container crashes here')
    expect(body).not.toMatch(/longhorn-manager|longhorn-system/)
  }
})

test('an unknown check: problem details for programs, and a page with the near names for browsers', async () => {
  const { get } = await serve()
  const program = await get('/checks/open-iscs')
  expect([program.status, program.type]).toEqual([404, expect.stringMatching(/^application\/problem\+json/)])
  expect(JSON.parse(program.body)).toMatchObject({ check: 'open-iscs', near: ['open-iscsi'] })
  expect(JSON.parse((await get('/checks/nvidia')).body)).toMatchObject({ near: ['gpu'] })
  const page = await get('/checks/open-iscs', browser)
  expect([page.status, page.type]).toEqual([404, 'text/html; charset=utf-8'])
  expect(page.body).toContain('<a href="open-iscsi">open-iscsi</a>')
  const odd = (await get(`/checks/${encodeURIComponent('<script>x')}`, browser)).body
  expect(odd).toContain('&lt;script&gt;x')
  expect(odd.match(/<script/g)).toHaveLength(1)
})

test('before the first round: 503 for both', async () => {
  const { get } = await serve(fakeSource(null))
  const answers = [await get('/checks/gpu'), await get('/checks/gpu', browser)]
  expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
    [503, '5'],
    [503, '5'],
  ])
  expect(answers[1]?.body).toContain('No round has finished yet.')
})

test.each(['open-iscsi', 'open-iscs'])(
  '%s: the page allows only its own script and style, and is never stored',
  async (name) => {
    const { get } = await serve()
    const { body, headers } = await get(`/checks/${name}`, browser)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    for (const tag of ['script', 'style']) {
      const inside = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(body)?.[1] ?? ''
      expect(policy).toContain(`${tag}-src 'sha256-${createHash('sha256').update(inside).digest('base64')}'`)
    }
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual([
      'no-store',
      'accept, accept-encoding',
    ])
    expect(body).not.toMatch(/\son[a-z]+=["']?[a-z]|style="|src="/)
  },
)

test('no text from a host or of a check becomes markup', async () => {
  const [, , nfs] = makeReport().checks
  const words = {
    need: hostile,
    kind: hostile,
    message: hostile,
    evidence: [hostile],
    why: hostile,
    fix: hostile,
  }
  const inner = (nfs?.findings ?? []).map((finding) => ({ ...finding, ...words }))
  const findings = inner.map((finding) => ({ ...finding, findings: inner }))
  const said = { title: hostile, why: hostile, message: hostile, fix: hostile, sources: [hostile], findings }
  const source = fakeSource({ ...makeReport({ 'nfs-client': said }), node: hostile })
  source.changes = { 'nfs-client': [{ ...turned, message: hostile, at: hostile }] }
  const { get } = await serve(source)
  const { body } = await get('/checks/nfs-client', browser)
  expect(body.split('&lt;script&gt;').length).toBeGreaterThan(15)
  expect(body.match(/<script/g)).toHaveLength(1)
  expect(body).not.toContain('<img')
})

test('the page has a tag, and HEAD its headers', async () => {
  const { get } = await serve()
  const first = await get('/checks/gpu', browser)
  const etag = first.headers.get('etag') ?? ''
  const again = await get('/checks/gpu', { headers: { ...browser.headers, 'if-none-match': etag } })
  expect([again.status, again.body]).toEqual([304, ''])
  const head = await get('/checks/gpu', { ...browser, method: 'HEAD' })
  expect([head.status, head.body, head.type]).toEqual([200, '', 'text/html; charset=utf-8'])
  expect((await get('/checks/gpu', { method: 'POST' })).status).toBe(405)
})
