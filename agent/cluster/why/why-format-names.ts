/** Apart from the renderers, so that `--help` loads none of them. */
export const whyFormatNames = ['text', 'json', 'yaml'] as const

export type WhyFormat = (typeof whyFormatNames)[number]
