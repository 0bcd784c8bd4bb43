import { defaultConfig } from '../agent/catalog/config.ts'

export interface Variable {
  readonly name: string
  /** CEL. */
  readonly expression: string
}

/** Characters. A config that publishes all it may has 4,000. */
const longestConfig = 16_384

/**
 * What Nodes are labelled for, read out of the ConfigMap by CEL, which knows no YAML. The keys of the config and the names
 * of checks are so plain that blanks, quotes and comments can be taken out of its text; what then has not one of the forms
 * below (anchors, tags, escapes, nonsense) is not `readable`, and nothing is done by it. A text that YAML or the config
 * refuses may be read all the same: the agents do not go by it either.
 *
 * All of it takes time in proportion to the text: a list that CEL makes item by item takes the square.
 */
export function publishedVariables(): Variable[] {
  const defaults = defaultConfig.checks.map((name) => `'${name}'`).join(', ')
  return [
    // A ConfigMap without this key has none of the forms.
    { name: 'text', expression: `params.?data[?'config.yaml'].orValue('?')` },
    {
      name: 'config',
      expression: `variables.text.size() > ${longestConfig} ? '?'
  : variables.text.findAll(r'${beforeComment}').join('\\n')
    .replace(' ', '').replace('\\t', '').replace('\\r', '').replace('"', '').replace("'", '')`,
    },
    { name: 'readable', expression: `variables.config.matches(r'${wholeConfig}')` },
    { name: 'labels', expression: `!variables.config.matches(r'\\blabels:\\n*(?:false|False|FALSE)\\b')` },
    { name: 'checks', expression: `variables.config.find(r'\\b${checks}')` },
    {
      name: 'published',
      expression: `!variables.readable || !variables.labels ? []
  : variables.checks == '' ? [${defaults}]
  : variables.checks.substring(variables.checks.indexOf(':')).findAll(r'${check}')`,
    },
  ]
}

// Patterns of RE2. A comment begins at a # before which there is nothing or a blank.
const beforeComment = '(?m)^(?:[^\\s#]#+|[^#\\n])*'
const check = '[a-z0-9](?:[a-z0-9-]{0,54}[a-z0-9])?'
const scalar = '[\\w.:%-]*'
const pair = `(?:host|port|labels|conditions|annotation|events|reapply):\\n*${scalar}`
const checks = `checks:(?:\\n*\\[\\n*(?:${check}(?:[\\n,]+${check})*[\\n,]*)?\\]|(?:\\n+-${check})+)`
const maps = `(?:http|publish):(?:\\n*\\{\\n*(?:${pair}[\\n,]*)*\\}|(?:\\n+${pair})+)`
const times = `(?:interval|deadline|unknownAfter):\\n*${scalar}`
const wholeConfig = `^\\n*(?:---\\n+)?\\{?[\\n}]*(?:(?:${checks}|${maps}|${times})[\\n,}]*)*$`
