/**
 * What the prober starts programs for:
 *
 * - `unit`: systemctl(1), which tells of all units at once;
 * - `run`: a program of the host that a need asks about;
 * - `setting`: a program of ours in the host's namespaces, for what the kernel shows only there;
 * - `file`: a process of ours that reads files on a mount that may hang;
 * - `sweep`: a process of ours that looks for what a killed run left behind.
 */
export const spawnKinds = ['unit', 'run', 'setting', 'file', 'sweep'] as const

export type SpawnKind = (typeof spawnKinds)[number]

/** How many programs were started since the prober began. */
export type Spawned = Readonly<Record<SpawnKind, number>>

export const noSpawns: Spawned = { unit: 0, run: 0, setting: 0, file: 0, sweep: 0 }
