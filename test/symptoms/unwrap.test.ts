import { expect, test } from 'vitest'
import { unwrapLine } from '#agent/symptoms/unwrap/unwrap.ts'

test.each<[string, string, string]>([
  ['CRI', '2026-11-29T13:17:48.123456789Z stderr F it failed', 'it failed'],
  ['an empty line of CRI', '2026-11-29T13:17:48.123456789Z stderr F', ''],
  ['Docker', '{"log":"it failed\\n","stream":"stderr","time":"2026-11-29T13:17:48Z"}', 'it failed'],
  [
    'klog',
    'E1129 13:17:48.123456       1 file.go:12] "It failed" err="no \\"x\\""',
    '"It failed" err="no "x""',
  ],
  [
    'logrus',
    'time="2026-11-29T13:17:48Z" level=fatal msg="it failed" error="no \\"x\\"" id=1',
    'it failed: no "x"',
  ],
  [
    'logrus as JSON',
    '{"error":"no x","level":"fatal","msg":"it failed","time":"2026-11-29T13:17:48Z"}',
    'it failed: no x',
  ],
  ['zap', '{"level":"error","ts":1,"caller":"a.go:1","msg":"it failed","error":"no x"}', 'it failed: no x'],
  [
    'zap on a console',
    '2026-11-29T13:17:48.1Z\tERROR\tsetup\ta.go:1\tit failed\t{"error": "no x"}',
    'setup a.go:1 it failed no x',
  ],
  [
    'pino',
    '{"level":50,"time":1,"err":{"type":"Error","message":"no x","stack":"s"},"msg":"it failed"}',
    'it failed: no x',
  ],
  ['containerd', 'time="2026-11-29T13:17:48.1Z" level=error msg="it failed" error="no x"', 'it failed: no x'],
  ['the journal', 'Nov 29 13:17:48 node1 kubelet[812]: it failed', 'it failed'],
  ['the journal with ISO times', '2026-11-29T13:17:48+0000 node1 kubelet[812]: it failed', 'it failed'],
  ['the journal as JSON', '{"MESSAGE":"it failed","_COMM":"kubelet"}', 'it failed'],
  ['the journal as bytes', '{"MESSAGE":[105,116,32,195,40],"_COMM":"kubelet"}', 'it \ufffd('],
  [
    'formats in formats',
    'Nov 29 13:17:48 n kubelet[8]: E1129 13:17:48.123456 8 a.go:1] it failed',
    'it failed',
  ],
  ['kubectl logs --prefix --timestamps', '[pod/a/b] 2026-11-29T13:17:48.1Z it failed', 'it failed'],
  ['dmesg', '[   12.345678] it failed', 'it failed'],
  ['colours', '\u001b[31mit\u001b[0m \u001b[1;4mfailed\u001b[m', 'it failed'],
  ['colours in JSON', '{"msg":"\\u001b[31mit\\u001b[0m failed"}', 'it failed'],
  ['JSON that was cut', '{"level":"error","msg":"it \\"failed', '"level":"error","msg":"it "failed'],
  ['none', 'it failed', 'it failed'],
  ['a file of the Windows world', 'it failed\r', 'it failed'],
])('%s', (_, line, text) => {
  expect(unwrapLine(line).text).toBe(text)
})

test('a part of a line stays as it is', () => {
  expect(unwrapLine('2026-11-29T13:17:48.1Z stdout P level=info msg="it ').part).toEqual({
    stream: 'stdout',
    text: 'level=info msg="it ',
    isCut: true,
  })
})

test('the program is known', () => {
  expect(unwrapLine('Nov 29 13:17:48 node1 kubelet[812]: it failed').program).toBe('kubelet')
})
