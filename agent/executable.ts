import { fileChildWord } from '#agent/shipped/hidden-words.ts'

/** Where the executable begins: Node.js' single executables run one file, so what is a script elsewhere is an argument here. */
if (process.argv[2] === fileChildWord) await import('#agent/host/files/file-child.ts')
else await import('./main.ts')
