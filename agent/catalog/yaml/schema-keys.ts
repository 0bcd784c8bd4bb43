import type * as z from 'zod'

/** The keys that a schema knows at a path in a document; empty where any key is allowed. */
export function keysAt(schema: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  const [first, ...rest] = path
  return [
    ...new Set(
      objectsIn(schema).flatMap((inner) =>
        first === undefined
          ? ownKeys(inner)
          : childrenOf(inner, first).flatMap((child) => keysAt(child, rest)),
      ),
    ),
  ]
}

/** Looks through optional, default, pipe and union wrappers. */
function objectsIn(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = (schema as z.core.$ZodTypes)._zod.def
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return objectsIn(def.innerType)
    case 'pipe':
      return objectsIn(def.in)
    case 'union':
      return def.options.flatMap(objectsIn)
    default:
      return [schema]
  }
}

function ownKeys(schema: z.core.$ZodType): string[] {
  const def = (schema as z.core.$ZodTypes)._zod.def
  return def.type === 'object' ? Object.keys(def.shape) : []
}

function childrenOf(schema: z.core.$ZodType, key: string | number): z.core.$ZodType[] {
  const def = (schema as z.core.$ZodTypes)._zod.def
  if (def.type === 'object') return key in def.shape ? [def.shape[key] as z.core.$ZodType] : []
  if (def.type === 'array') return [def.element]
  if (def.type === 'record') return [def.valueType]
  return []
}
