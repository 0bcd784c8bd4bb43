/** A need for a unit, as the service managers read it. */
export interface WantedUnit {
  readonly units: readonly string[]
  readonly state: 'active' | 'enabled' | 'inactive'
  /** Its names where OpenRC is the service manager; any of them will do. */
  readonly services: readonly string[]
}
