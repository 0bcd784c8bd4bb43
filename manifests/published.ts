import { defaultConfig } from '#agent/catalog/config.ts'
import { maxPublished } from '#agent/model/names.ts'

export interface Variable {
  readonly name: string
  /** CEL. */
  readonly expression: string
}

/** Characters. A config with the most checks that may be published has 4,000. */
const longestConfig = 16_384

/**
 * The published checks, read from the ConfigMap by CEL, which cannot parse YAML. The config's keys and the names of checks are
 * so plain that blanks, quotes and comments can be removed from its text. What then has none of the forms below (anchors, tags,
 * escapes, nonsense) is not `readable`, and the gate does nothing. Some text that is invalid YAML or an invalid config is readable
 * all the same; the agents do not use it either. Nor is a list of more checks than may be published readable: an expression that
 * costs more than the API server allows would switch the gate off without a word.
 *
 * Everything takes time linear in the text, because a list that CEL builds item by item would take quadratic time.
 */
export function publishedVariables(): Variable[] {
  const defaults = defaultConfig.checks.map((name) => `'${name}'`).join(', ')
  return [
    // '?' has none of the forms: it stands for a ConfigMap without this key.
    { name: 'text', expression: `params.?data[?'config.yaml'].orValue('?')` },
    {
      name: 'config',
      expression: `variables.text.size() > ${longestConfig} ? '?'
  : variables.text.findAll(r'${beforeComment}').join('\\n')
    .replace(' ', '').replace('\\t', '').replace('\\r', '').replace('"', '').replace("'", '')`,
    },
    { name: 'labels', expression: `!variables.config.matches(r'\\blabels:\\n*(?:false|False|FALSE)\\b')` },
    { name: 'checks', expression: `variables.config.find(r'\\b${checks}')` },
    {
      name: 'listed',
      expression: `variables.checks == '' ? []
  : variables.checks.substring(variables.checks.indexOf(':')).findAll(r'${check}', ${maxPublished + 1})`,
    },
    {
      name: 'readable',
      expression: `variables.listed.size() <= ${maxPublished} && variables.config.matches(r'${wholeConfig}')`,
    },
    {
      name: 'published',
      expression: `!variables.readable || !variables.labels ? []
  : variables.checks == '' ? [${defaults}] : variables.listed`,
    },
  ]
}

// RE2 patterns. A comment begins at a # at the start of a line or after a blank.
const beforeComment = '(?m)^(?:[^\\s#]#+|[^#\\n])*'
const check = '[a-z0-9](?:[a-z0-9-]{0,54}[a-z0-9])?'
const scalar = '[\\w.:%-]*'
const listOf = (item: string) => `(?:\\n*\\[\\n*(?:${item}(?:[\\n,]+${item})*[\\n,]*)?\\]|(?:\\n+-${item})+)`
const mapOf = (pair: string) => `(?:\\n*\\{\\n*(?:${pair}[\\n,]*)*\\}|(?:\\n+${pair})+)`
const checks = `checks:${listOf(check)}`
const pair = `(?:host|port|explain|labels|conditions|annotation|events|reapply):\\n*${scalar}`
const crash = `(?:watch:\\n*${scalar}|exclude:${listOf('[a-z0-9-]+')})`
const maps = `(?:(?:http|publish):${mapOf(pair)}|crashes:${mapOf(crash)})`
const times = `(?:interval|deadline|unknownAfter):\\n*${scalar}`
const wholeConfig = `^\\n*(?:---\\n+)?\\{?[\\n}]*(?:(?:${checks}|${maps}|${times})[\\n,}]*)*$`
