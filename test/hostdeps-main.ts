/**
 * What tests run as `hostdeps`: the bundle that vitest.config.ts has made, since it is what ships, and starts in a quarter of the
 * processor time of the sources. Elsewhere (fuzzing, measurements) it is the sources.
 */
export const main =
  process.env['HOSTDEPS_BUNDLE_MAIN'] ?? new URL('../agent/main.ts', import.meta.url).pathname
