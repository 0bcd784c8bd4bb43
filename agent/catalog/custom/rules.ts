import type { Check } from '#agent/model/check.ts'
import type { Kind } from '#agent/model/need.ts'
import type { YamlFile } from '#agent/catalog/yaml/yaml-lines.ts'

/** What checks may do: whoever edits the ConfigMap need not be root, but the prober is. */
export interface Rules {
  readonly origin: Check['origin']
  /** The agent's flag `--allow-commands`. */
  readonly allowCommands: boolean
}

/** What it takes to read a need: the file, what is allowed in it, and the known kinds. */
export interface Reader {
  readonly yaml: YamlFile
  readonly rules: Rules
  readonly kinds: Readonly<Record<string, Kind>>
}
