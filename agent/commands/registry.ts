import type { Command } from 'commander'

/** How a command is told in the list of all, and how it is loaded when it is called: none pays for the others. */
export interface Loadable {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command, in the order of the help. */
export const commands: Readonly<Record<string, Loadable>> = {
  run: {
    summary: 'check this host continuously, and serve what it lacks over HTTP',
    load: async () => (await import('./run.ts')).runCommand(),
  },
  probe: {
    summary: 'the privileged half of run: checks the host and writes rounds to a file, opens no port',
    load: async () => (await import('./probe.ts')).probeCommand(),
  },
  serve: {
    summary: 'the unprivileged half of run: reads the rounds, serves and publishes them',
    load: async () => (await import('./serve.ts')).serveCommand(),
  },
  check: {
    summary: 'check this host once, print what it lacks, and exit',
    load: async () => (await import('./check.ts')).checkCommand(),
  },
  explain: {
    summary: 'read a log, and say what the host lacks of what its lines point to',
    load: async () => (await import('#agent/commands/explain.ts')).explainCommand(),
  },
  nodes: {
    summary: "show the cluster's nodes by what their hosts lack",
    load: async () => (await import('./nodes.ts')).nodesCommand(),
  },
  why: {
    summary: 'say why pods do not run: what their node lacks, or what it is instead',
    load: async () => (await import('./why.ts')).whyCommand(),
  },
  restart: {
    summary: 'restart the pods that failed for want of what their node has by now',
    load: async () => (await import('./restart.ts')).restartCommand(),
  },
  suggest: {
    summary: 'say which checks to publish, by what runs in the cluster',
    load: async () => (await import('./suggest.ts')).suggestCommand(),
  },
  fix: {
    summary: 'print the script that installs what nodes or this host lack; --apply runs it once',
    load: async () => (await import('./fix.ts')).fixCommand(),
  },
  wait: {
    summary: 'wait until a check is ready on nodes, for initContainers and Jobs',
    load: async () => (await import('./wait.ts')).waitCommand(),
  },
  apply: {
    summary: 'the pod of fix --apply: runs a script on this host once, and asks its checks again',
    load: async () => (await import('./apply.ts')).applyCommand(),
  },
  prune: {
    summary: 'remove everything that hostdeps put on Nodes',
    load: async () => (await import('./prune.ts')).pruneCommand(),
  },
  checks: {
    summary: 'list, show and lint checks',
    load: async () => (await import('./checks.ts')).checksCommand(),
  },
  completion: {
    summary: 'print what makes a shell complete commands, nodes and checks',
    load: async () => (await import('./completion.ts')).completionCommand(),
  },
}
