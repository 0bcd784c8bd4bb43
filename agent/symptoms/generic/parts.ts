/** Pieces of the patterns of this folder. A quote may be any that shells, C libraries and Go put around a name. */
export const quote = '["\'`‘’“”]?'

export const moduleName = String.raw`(?P<name>[\w-]+)`

export const path = String.raw`[\w.:@+-][\w.:@+/-]*`
