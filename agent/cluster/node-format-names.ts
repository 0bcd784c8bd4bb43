/** The output formats of `nodes -o`; in a file of its own, since the help needs no more of them. */
export const nodeFormatNames = ['table', 'wide', 'json', 'yaml', 'name'] as const

export type NodeFormat = (typeof nodeFormatNames)[number]
