/** A need for a unit, as the service managers read it. */
export interface WantedUnit {
  readonly units: readonly string[]
  readonly state: 'active' | 'enabled' | 'inactive'
  readonly openrc: string
}
