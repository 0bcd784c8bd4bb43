import { mostCustomChecks, mostCustomHostNeeds } from '#agent/model/bounds.ts'

/** What an editor of the ConfigMaps may write: the config, and check files by their names. Together at most 1 MiB, as a ConfigMap is. */
export interface HostileMap {
  readonly config?: string | Buffer
  readonly checks?: Readonly<Record<string, string | Buffer>>
}

const mebibyte = 1024 * 1024
export const head = 'title: t\nwhy: w\nneeds:\n'

/** The same part again and again, as often as it fits beside what else a file says. */
function fill(part: (index: number) => string, size = mebibyte - 1024): string {
  const parts: string[] = []
  for (let length = 0, index = 0; ; index++) {
    const next = part(index)
    length += next.length
    if (length > size) return parts.join('')
    parts.push(next)
  }
}

const one = (text: string | Buffer): HostileMap => ({ checks: { evil: text } })
const needs = (part: (index: number) => string, size?: number) => one(head + fill(part, size))
const inside = (depth: number, open: string, inner: string, close: string) =>
  `${head}  - ${open.repeat(depth)}${inner}${close.repeat(depth)}\n`

/** Many files of the same sort: each within its own bounds. */
function files(part: (index: number) => string, size = mebibyte): HostileMap {
  const checks: Record<string, string> = {}
  for (let length = 0, index = 0; ; index++) {
    const text = part(index)
    length += text.length + 20
    if (length > size) return { checks }
    checks[`evil-${String(index).padStart(5, '0')}`] = text
  }
}

const unitNames = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `u${(from + index).toString(36)}`).join(',')
const long = (length: number, letter = 'a') => letter.repeat(length)
const deepPath = (parts: number) => '/a'.repeat(parts)

/** Each as far as it may go, or beyond. A function each: all of them at once are 60 MiB. */
export const hostileMaps: Readonly<Record<string, () => HostileMap>> = {
  'an alias without an anchor': () => one('title: t\nwhy: *nope\nneeds: [{ binary: x }]\n'),
  'an alias without an anchor in the config': () => ({ config: 'checks: *nope\n' }),
  'a list that holds itself': () => one('title: t\nwhy: w\nneeds: &n [{ anyOf: *n }]\n'),
  'billion laughs': () => {
    const lines = Array.from({ length: 30 }, (_, at) => `  - &l${at} [*l${at - 1}, *l${at - 1}]`).slice(1)
    return one(`title: t\nwhy: w\nlaughs:\n  - &l0 [a]\n${lines.join('\n')}\nneeds: *l29\n`)
  },
  'billion laughs in the config': () => ({
    config: `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\n${fill((at) => `k${at}: *d\n`)}`,
  }),
  'sixty thousand aliases': () =>
    one(`title: &t t\nwhy: w\nneeds: [{ binary: x }]\nsources: [${fill(() => '*t,', 240_000)}]\n`),
  'aliases of large needs': () =>
    one(
      `title: t\nwhy: w\nfix: &f { all: { note: ${long(400)} } }\nneeds:\n${fill((at) => `  - { binary: b${at}, fix: *f }\n`, 400_000)}`,
    ),
  'anyOf in anyOf, 400 deep': () => one(inside(400, '{anyOf: [', '{binary: x}', ']}')),
  'anyOf in anyOf, 90,000 deep': () => one(inside(90_000, '{anyOf: [', '{binary: x}', ']}')),
  'brackets alone': () => one(long(mebibyte - 1, '[')),
  'brackets that close nothing': () => one(long(mebibyte - 1, ']')),
  'dashes, each a list in a list': () => one(fill(() => '- ')),
  'question marks': () => one(fill(() => '? ')),
  'indents, each deeper': () => {
    let text = ''
    for (let depth = 0; text.length < mebibyte - 2_000; depth++) text += `${' '.repeat(depth)}a:\n`
    return one(text)
  },
  'a path of 8,000 folders': () =>
    needs((at) => `  - disk: { path: ${deepPath(8_000)}${at}, free: 1% }\n`, 20_000),
  'mounts that hold long paths': () =>
    needs((at) => `  - mount: { of: ${deepPath(8_000)}${at}, options: [ro] }\n`),
  'as many long paths as fit': () =>
    files(
      (at) => head + fill((line) => `  - disk: { path: /${at}/${line}${deepPath(95)}, free: 1% }\n`, 90_000),
    ),
  'a path of one name of 1 MiB': () => needs((at) => `  - file: /${long(500_000)}${at}\n`),
  'patterns that repeat': () =>
    needs((at) => `  - file: { path: /proc/sys/a${at}, matches: '${'(x{1,1000})?'.repeat(80)}' }\n`, 12_000),
  'patterns that repeat repeats': () =>
    needs((at) => `  - file: { path: /proc/sys/a${at}, matches: '((${long(300, '(a|b)')}{10}){10}){10}' }\n`),
  'patterns in symptoms': () =>
    one(
      `title: t\nwhy: w\nneeds: [{ binary: x }]\nsymptoms:\n${fill(() => `  - { log: '${'x{1000}'.repeat(140)}', means: m }\n`, 60_000)}`,
    ),
  'large patterns, many of them': () =>
    files((at) => `${head}  - file: { path: /proc/filesystems, matches: '${long(990)}${at}' }\n`),
  'patterns of large classes': () =>
    files(
      (at) =>
        `${head}  - file: { path: /etc/os-release, matches: '(?i)(${'\\pL*'.repeat(100)}){4}${at}$' }\n`,
    ),
  'needs, 60,000 in a file': () => needs((at) => `  - binary: b${at}\n`),
  'needs, 500 in each file': () =>
    files((at) => head + Array.from({ length: 500 }, (_, line) => `  - binary: b${at}-${line}\n`).join('')),
  'needs of modules, 500 in each file': () =>
    files(
      (at) => head + Array.from({ length: 500 }, (_, line) => `  - kernelModule: m${at}_${line}\n`).join(''),
    ),
  'needs, wrong ones': () => needs(() => '  - a\n'),
  'needs of kinds that there are not': () => needs((at) => `  - binry: b${at}\n`),
  'keys that there are not': () => one(`${head}  - binary: x\n${fill((at) => `key${at}: 1\n`)}`),
  'keys that there are not, in brackets': () => one(`{${fill((at) => `k${at}: 1,`)}}`),
  'a key twice, 60,000 times': () => one(`${head}  - binary: x\n${fill(() => `title: a\n`)}`),
  'keys that are lists': () => one(`${head}  - binary: x\n${fill((at) => `? [a, ${at}]\n: 1\n`)}`),
  'names in the config': () => ({ config: `checks: [${fill((at) => `name-${at},`)}]\n` }),
  'numbers in the config': () => ({ config: `checks: [${fill((at) => `${at},`)}]\n` }),
  'keys in the config': () => ({ config: fill((at) => `key${at}: 1\n`) }),
  'checks that there are not': () => needs((at) => `  - check: name-${at}\n`),
  'checks that there are not, in many files': () =>
    files((at) => head + Array.from({ length: 20 }, (_, line) => `  - check: name-${at}-${line}\n`).join('')),
  'files, as many as fit': () => files((at) => `${head}  - binary: b${at}\n`),
  'files without anything': () => files(() => '\n'),
  'files that include each other in a row': () =>
    files((at) => `${head}  - check: evil-${String(at + 1).padStart(5, '0')}\n`),
  'files that include the next one twice': () => ({
    checks: Object.fromEntries(
      Array.from({ length: 26 }, (_, at) => {
        const next = at === 25 ? '' : `  - check: evil-${at + 1}\n  - anyOf: [{ check: evil-${at + 1} }]\n`
        return [`evil-${at}`, `${head}${next}  - file: /nowhere/${at}\n`]
      }),
    ),
  }),
  'files that include all others': () => {
    const list = Array.from({ length: 120 }, (_, at) => `  - check: evil-${String(at).padStart(5, '0')}\n`)
    return files(
      (at) => `${head}${list.filter((_, other) => other !== at).join('')}  - file: /a${at}\n`,
      600_000,
    )
  },
  'units, 120,000 names in a need': () => one(`${head}  - unit: { anyOf: [${unitNames(120_000)}] }\n`),
  'units, 50 in each need': () =>
    files(
      (at) =>
        head +
        Array.from(
          { length: 100 },
          (_, line) => `  - unit: { anyOf: [${unitNames(50, (at * 100 + line) * 50)}] }\n`,
        ).join(''),
    ),
  'units of long names': () => needs((at) => `  - unit: ${long(250)}${at}.service\n`),
  'packages of long names': () => needs((at) => `  - package: ${long(100_000)}${at}\n`),
  'a list of packages': () => one(`${head}  - package: [${unitNames(200_000)}]\n`),
  'modules and settings of long names': () =>
    needs((at) =>
      at % 2 === 0 ? `  - kernelModule: m${long(60_000)}${at}\n` : `  - sysctl: net.${long(60_000)}${at}\n`,
    ),
  'settings of the network, as many as fit': () =>
    files(
      (at) => head + Array.from({ length: 400 }, (_, line) => `  - sysctl: net.a${at}.b${line}\n`).join(''),
    ),
  'a version of 20,001 digits': () => one(`${head}  - kernelVersion: "${long(20_001, '9')}"\n`),
  'a name of 20,001 letters': () => one(`${head}  - binary: ${long(20_001)}\n`),
  'a command of 21,000 characters': () =>
    one(`${head}  - file: /nowhere\nfix: { all: { run: echo ${long(21_000)} } }\n`),
  'fifty notes': () =>
    needs((at) => `  - file: /nowhere/${at}\n    fix: { all: { note: ${long(480)} } }\n`, 27_000),
  'notes, as many as fit': () =>
    files(
      (at) =>
        head +
        Array.from(
          { length: 100 },
          (_, line) => `  - file: /nowhere/${at}/${line}\n    fix: { all: { note: ${long(480)} } }\n`,
        ).join(''),
    ),
  'commands, as many as fit': () =>
    files(
      (at) =>
        `${head}  - file: /nowhere/${at}\n    fix: { all: { run: [${Array.from({ length: 50 }, (_, line) => `'${long(1_000)}${line}'`).join(', ')}] } }\n`,
    ),
  'a text of 1 MiB': () => one(`title: t\nwhy: ${long(mebibyte - 200)}\nneeds: [{ binary: x }]\n`),
  'a text of 1 MiB of lines': () => one(`title: t\nneeds: [{ binary: x }]\nwhy: |\n${fill(() => '  a\n')}`),
  'line ends alone': () => one(long(mebibyte - 1, '\n')),
  'comments alone': () => one(fill(() => '# \n')),
  'spaces alone': () => one(long(mebibyte - 1, ' ')),
  'tabs alone': () => one(long(mebibyte - 1, '\t')),
  'documents, 200,000 of them': () => one(fill(() => '---\n')),
  'directives, 80,000 of them': () => one(`${fill(() => '%YAML 1.1\n')}---\na\n`),
  'quotes that do not end': () => one(`title: "${fill(() => 'a\\n')}`),
  'numbers beyond all': () =>
    one(
      `${head}  - port: 1e999\n  - port: .inf\n  - port: -0\n  - port: .nan\n  - limits: { process: x, nofile: 1e308 }\n  - port: 0x${long(5_000, 'f')}\n  - sysctl: a.b\n    is: 1e999\n`,
    ),
  'dates, tags and merge keys': () =>
    one(
      `%YAML 1.1\n---\ntitle: 2001-12-14t21:59:43.10-05:00\nwhy: !!binary aGVsbG8=\n<<: { needs: [{ binary: x }] }\nneeds: !!set { ? a }\naliases: !!omap [a: 1]\nfix: !!js/function x\n`,
    ),
  'bytes that are no UTF-8': () =>
    one(Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xfe, 0x80, 0xc0])])),
  'a byte order mark': () => one(`\ufeff${head}  - binary: x\n`),
  'UTF-16': () => one(Buffer.from(`${head}  - binary: x\n`, 'utf16le')),
  'a NUL': () => one(`${head}  - binary: "a\\0b"\n  - file: /a\0b\n`),
  'escape sequences': () =>
    one(
      'title: "\\e[2J\\e]0;x\\a"\nwhy: "a\\rb"\nneeds: [{ binary: x }]\nfix: { all: { run: "a\\u202E; rm -rf /\\e[1A\\e[2Kb" } }\n',
    ),
  'a page of escape sequences': () =>
    one(
      `title: t\nwhy: w\nneeds: [{ binary: x }]\nfix: { all: { run: [${fill(() => '"\\e[2J", ', 20_000)}] } }\n${fill(() => '"\\e": 1\n', 900_000)}`,
    ),
  'keys twice': () => one('title: t\ntitle: u\nwhy: w\nneeds: [{ binary: x, binary: y }]\n'),
  'names of prototypes': () =>
    one(
      'title: t\nwhy: w\n__proto__: { needs: 1 }\nconstructor: x\nneeds: [{ __proto__: x }, { toString: x }, { check: __proto__ }, { binary: x, conflicts: { constructor: c } }]\nfix: { __proto__: { note: x } }\n',
    ),
  'names of prototypes in the config': () => ({
    config: '__proto__: { interval: 1s }\nconstructor: x\nchecks: [__proto__, toString]\n',
  }),
  'conflicts, as many as fit': () =>
    files(
      (at) =>
        `${head}  - file: /nowhere/${at}\n    conflicts: { ${Array.from({ length: 20 }, (_, other) => `evil-${String(other).padStart(5, '0')}: c`).join(', ')} }\n`,
    ),
  'conflicts of 500 needs with 500': () => ({
    checks: Object.fromEntries(
      ['a', 'b'].map((name, at) => [
        name,
        head +
          Array.from(
            { length: 500 },
            (_, line) => `  - file: /nowhere/${name}${line}\n    conflicts: { ${at === 0 ? 'b' : 'a'}: c }\n`,
          ).join(''),
      ]),
    ),
  }),
  'aliases of checks, as many as fit': () =>
    files(
      (at) =>
        `title: t\nwhy: w\naliases: [${Array.from({ length: 50 }, (_, line) => `a${at}-${line}`).join(', ')}]\nneeds: [{ binary: b${at} }]\n`,
    ),
  'many wrong files': () => files((at) => `title: t${at}\nx: 1\ny: 2\nneeds: [a]\n`),
  'processes and their limits': () =>
    files(
      (at) =>
        head +
        Array.from(
          { length: 200 },
          (_, line) =>
            `  - process: p${at}-${line}\n  - port: { port: ${1 + ((at * 200 + line) % 65_535)}, heldBy: [${unitNames(20)}] }\n`,
        ).join(''),
    ),
  'folders that match, 500 in each file': () =>
    files(
      (at) => head + Array.from({ length: 500 }, (_, line) => `  - device: /dev/a${at}/b${line}*\n`).join(''),
    ),
}

function fullOf(part: (at: number) => string, inEach = 500): HostileMap {
  const texts = Array.from({ length: mostCustomHostNeeds / inEach }, (_, file) => {
    const lines = Array.from({ length: inEach }, (_, line) => part(file * inEach + line))
    return [`full-${file}`, head + lines.join('')]
  })
  return { checks: Object.fromEntries(texts) }
}

/** As much as may be, without a mistake: while one takes the place of another, both are held. */
export const fullMaps: Readonly<Record<string, () => HostileMap>> = {
  'programs, as many as may be': () => fullOf((at) => `  - binary: b${at}\n`),
  'modules, as many as may be': () => fullOf((at) => `  - kernelModule: m${at}\n`),
  'settings, as many as may be': () => fullOf((at) => `  - sysctl: net.a${at}\n    min: 1\n`),
  'files with notes, as many as may be': () =>
    fullOf(
      (at) => `  - file: /nowhere/${at}\n    why: ${long(60)}\n    fix: { all: { note: ${long(40)} } }\n`,
      250,
    ),
  'ports and who may hold them, as many as may be': () =>
    fullOf((at) => `  - port: { port: ${at + 1}, heldBy: [${unitNames(4, at)}] }\n`, 250),
  'checks, as many as may be': () => ({
    checks: Object.fromEntries(
      Array.from({ length: mostCustomChecks }, (_, at) => [
        `full-${at}`,
        `title: Check ${at}\nwhy: It is needed.\nneeds:\n${[0, 1].map((line) => `  - file: /nowhere/${at}/${line}\n`).join('')}`,
      ]),
    ),
  }),
}
