import { Option } from 'commander'

export function configOption(): Option {
  return new Option('--config <file>', 'the config file (default: built-in defaults)')
}
