/**
 * The first argument with which the executable runs itself to be agent/host/files/file-child.ts, for which the bundle has a
 * script. It may read only what its caller may: whoever can give this argument can also read the files by any other program.
 */
export const fileChildWord = '__read-files'
