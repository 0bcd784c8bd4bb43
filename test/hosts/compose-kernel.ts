import { foldModule, optionNames, optionOf } from './catalogue-names.ts'

/** What a distribution's kernel is built with, as far as the catalogue asks. */
export interface ComposedKernel {
  readonly release: string
  /** Where its modules are; null when there are none on the host. */
  readonly modules: {
    /** Whose modules are compressed, by what. */
    readonly ending: string
    readonly folder: string
    /** Not built, or not by this distribution. */
    readonly without: readonly string[]
    /** Built, and in a package that is not installed. */
    readonly elsewhere: readonly string[]
    readonly builtIn: readonly string[]
    /** Beyond Linux's own. */
    readonly brings: readonly string[]
    readonly loaded: readonly string[]
  } | null
  readonly config: { readonly path: string; readonly unset: readonly string[] } | null
}

/** Its files below the root. All modules and options that the catalogue names are there, but those that are said not to be. */
export function kernelFiles(kernel: ComposedKernel): Record<string, string> {
  return { ...moduleFiles(kernel), ...(kernel.config && { [kernel.config.path]: configText(kernel) }) }
}

function moduleFiles({ modules, release }: ComposedKernel): Record<string, string> {
  if (modules === null) return { '/proc/modules': '' }
  const folder = `${modules.folder}/${release}`
  const gone = [...modules.without, ...modules.elsewhere, ...modules.builtIn].map(foldModule)
  const there = [...optionOf.keys(), ...modules.brings].filter((name) => !gone.includes(name))
  return {
    '/proc/modules': modules.loaded.map((name) => `${foldModule(name)} 16384 0 - Live 0x0\n`).join(''),
    [`${folder}/modules.dep`]: there.map((name) => `kernel/${name}${modules.ending}:\n`).join(''),
    // No kernel has an empty one of these.
    [`${folder}/modules.builtin`]: ['zlib_inflate', ...modules.builtIn]
      .map((name) => `kernel/${name}.ko\n`)
      .join(''),
    [`${folder}/modules.alias`]: '# Aliases extracted from modules themselves.\n',
  }
}

/** One truth for both: what is not built is not set, what is built in is "y", what is a module is "m". */
function configText({ modules, config, release }: ComposedKernel): string {
  const optionsIn = (names: readonly string[] = []) =>
    new Set(names.map((name) => optionOf.get(foldModule(name))))
  const unset = new Set([...optionsIn(modules?.without), ...(config?.unset ?? [])])
  const builtIn = optionsIn(modules?.builtIn)
  const asModule = new Set(optionOf.values())
  const line = (name: string) => {
    if (unset.has(name)) return `# ${name} is not set`
    return `${name}=${asModule.has(name) && !builtIn.has(name) ? 'm' : 'y'}`
  }
  return [`# Linux/x86 ${release} Kernel Configuration`, ...[...optionNames].map(line), ''].join('\n')
}
