/** An input that once went wrong, and what it did then. */
interface Found {
  readonly did: string
  readonly input: () => unknown
}

export type ByName = Readonly<Record<string, Found>>
