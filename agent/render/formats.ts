import type { Report } from '#agent/model/report.ts'
import { renderJson } from './formats/json.ts'
import { renderSummary } from './summary.ts'
import type { RenderOptions } from './summary.ts'
import { renderTable, renderWide } from './formats/table.ts'
import { renderYaml } from './formats/yaml.ts'

type Renderer = (report: Report, options: RenderOptions) => string

/** The output formats of `check -o`, by name. */
export const formats = {
  summary: renderSummary,
  table: renderTable,
  wide: renderWide,
  json: renderJson,
  yaml: renderYaml,
} satisfies Record<string, Renderer>

export type Format = keyof typeof formats
