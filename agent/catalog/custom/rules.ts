import type { Check } from '#agent/model/check.ts'
import type { Kind } from '#agent/model/need.ts'
import type { YamlFile } from '#agent/catalog/yaml/document.ts'

/** What users' own checks may do, since the ConfigMap's editor is not root and the prober is. */
export interface Rules {
  readonly origin: Check['origin']
  /** `--allow-commands` of the DaemonSet. */
  readonly allowCommands: boolean
}

/** What reading a need takes: the file, what is allowed in it, and the kinds there are. */
export interface Reader {
  readonly yaml: YamlFile
  readonly rules: Rules
  readonly kinds: Readonly<Record<string, Kind>>
}
