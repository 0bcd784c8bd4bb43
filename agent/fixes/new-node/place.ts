/** Where the script is on a new node: kept, so that whoever looks for what was done finds it. */
export const scriptPath = '/var/lib/hostdeps/fix.sh'
