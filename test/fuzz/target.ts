import type { Random } from './draw/random.ts'

/** What is fuzzed: draws inputs by chance, and claims what must be so of whatever comes of them. */
export interface Target {
  readonly name: string
  /** How many of 10,000 cases it gets. */
  readonly share: number
  /** The smallest fraction of its cases for each outcome: else most inputs were refused at the door. */
  readonly wanted: Readonly<Record<string, number>>
  /** Prepares once in each worker: reads files, composes hosts, starts a server. */
  open(): Promise<Opened>
}

export interface Opened {
  /** An input by chance; the same chance gives the same input. */
  draw(random: Random): unknown
  /** Uses an input as the agent does, and names the outcome. It throws when a claim does not hold. */
  run(input: never): string | Promise<string>
  /** Inputs that grow; left out where an input has no size. */
  readonly growing?: Growing
  close?(): Promise<void>
}

export interface Growing {
  /** Shapes that were slow once, or might be: each makes an input of about so many bytes. */
  readonly shapes: Readonly<Record<string, (bytes: number) => unknown>>
  /** Any input, of which one part is repeated ever more often. */
  draw(random: Random): (bytes: number) => unknown
}
