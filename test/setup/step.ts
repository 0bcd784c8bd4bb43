/** One thing that tests need and a fresh machine may lack. */
export interface Step {
  readonly title: string
  /** The environment variables by which tests find what was set up. Rejects when it cannot be had. */
  run(tell: (progress: string) => void): Promise<Readonly<Record<string, string>>>
  /** How a person gets it. */
  readonly hint: string
}
