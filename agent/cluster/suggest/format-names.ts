/** The output formats of `suggest -o`; in a file of its own, since the help needs no more of them. */
export const suggestFormatNames = ['text', 'json', 'yaml'] as const

export type SuggestFormat = (typeof suggestFormatNames)[number]
