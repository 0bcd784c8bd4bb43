import * as z from 'zod'
import {
  checkAnswer,
  explainAnswer,
  problem,
  readyAnswer,
  reportAnswer,
  shapes,
} from '#agent/http/contract/answers.ts'
import { watchEvents } from '#agent/http/contract/watch-events.ts'
import { routes } from '#agent/http/contract/contract.ts'
import type { Route } from '#agent/http/contract/contract.ts'

export type RouteName = keyof typeof routes

type JsonSchema = Readonly<Record<string, unknown>>

interface Answer {
  readonly says: string
  /** By media type; text where there is no schema. */
  readonly content: Readonly<Record<string, z.ZodType | JsonSchema | null>>
}

interface Operation {
  readonly summary: string
  readonly says?: string
  readonly answers: Readonly<Record<string, Answer>>
}

const json = 'application/json'
const text = 'text/plain'
const problemJson = 'application/problem+json'
const notYet: Answer = { says: 'No round has finished yet.', content: { [problemJson]: problem } }
const noSuchCheck: Answer = {
  says: 'There is no such check; `near` has the near names.',
  content: { [problemJson]: problem },
}

/** Before OpenAPI 3.2 the schema of a stream is that of each of its events. */
const eventSchema = {
  oneOf: Object.entries(watchEvents).map(([type, schema]) => ({
    type: 'object',
    properties: {
      id: { type: 'string' },
      event: { const: type },
      data: { type: 'string', contentMediaType: json, contentSchema: referTo(schema) },
    },
    required: ['id', 'event', 'data'],
  })),
}

/** What each route answers. What can be wrong with every request (400, 405, 429 …) is problem details. */
export const operations: Readonly<Record<RouteName, Operation>> = {
  front: {
    summary: 'What matters on this node: text for curl, a page for browsers, the report as JSON.',
    answers: {
      200: {
        says: 'By what the client accepts.',
        content: { [text]: null, 'text/html': null, [json]: reportAnswer },
      },
      503: notYet,
    },
  },
  checkPage: {
    summary: 'One check with all that is around it: text for curl, a page for browsers.',
    answers: {
      200: { says: 'By what the client accepts.', content: { [text]: null, 'text/html': null } },
      404: { says: noSuchCheck.says, content: { ...noSuchCheck.content, 'text/html': null } },
      503: { says: notYet.says, content: { ...notYet.content, 'text/html': null } },
    },
  },
  report: {
    summary: 'Everything as JSON, with evidence.',
    answers: { 200: { says: 'The newest report.', content: { [json]: reportAnswer } }, 503: notYet },
  },
  check: {
    summary: 'One check as JSON.',
    answers: {
      200: { says: 'The check.', content: { [json]: checkAnswer } },
      404: noSuchCheck,
      503: notYet,
    },
  },
  ready: {
    summary: 'Whether a pod that needs the check can run here; for initContainers and probes.',
    answers: {
      200: { says: 'The check is ready, or does not apply.', content: { [text]: null, [json]: readyAnswer } },
      404: noSuchCheck,
      503: {
        says: 'The check is missing or unknown: why, and the commands that fix it; or nothing more may wait.',
        content: { [text]: null, [problemJson]: problem },
      },
    },
  },
  watch: {
    summary: 'What changes, as server-sent events.',
    answers: {
      200: {
        says: 'A stream of events. Who comes back with Last-Event-ID gets what it missed. A line of a colon is a sign of life, each 15 s; after half an hour the stream ends.',
        content: { 'text/event-stream': eventSchema },
      },
      404: noSuchCheck,
    },
  },
  explain: {
    summary: 'What the lines of a log point to, and what this host says of it.',
    answers: {
      200: { says: 'What was found, best first.', content: { [text]: null, [json]: explainAnswer } },
      403: { says: 'Logs are not explained here.', content: { [problemJson]: problem } },
      503: { says: 'Another log is being explained.', content: { [problemJson]: problem } },
    },
  },
  metrics: {
    summary: 'Metrics for Prometheus.',
    answers: { 200: { says: 'The exposition format of Prometheus.', content: { [text]: null } } },
  },
  healthz: {
    summary: 'Whether the process answers.',
    answers: { 200: { says: 'It does.', content: { [text]: null } } },
  },
  readyz: {
    summary: 'Whether the report is fresh, on the Node, and made by a valid config.',
    answers: {
      200: { says: 'It is.', content: { [text]: null } },
      503: { says: 'It is not: why.', content: { [problemJson]: problem } },
    },
  },
  openapi: {
    summary: 'This document.',
    answers: { 200: { says: 'OpenAPI 3.1.', content: { [json]: z.looseObject({}) } } },
  },
}

/** Examples by route, status and media type. */
export type Examples = (route: RouteName, status: string, type: string) => unknown

/** The OpenAPI document of the contract: https://spec.openapis.org/oas/v3.1.1.html */
export function openapiDocument(examples: Examples): object {
  const schemas = componentSchemas()
  return {
    openapi: '3.1.1',
    info: {
      title: 'hostdeps',
      version: '1',
      summary: 'What the host of a Kubernetes node lacks, and how to fix it.',
      description:
        'Served by the agent of each node. No request changes anything. Each GET is served as HEAD too. A field may be added at any time; none is removed or changes its meaning within /v1.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: Object.fromEntries(
      Object.entries(routes).map(([name, route]) => [
        route.url.replace(/:(\w+)/g, '{$1}'),
        { [route.method.toLowerCase()]: operation(name as RouteName, route, examples) },
      ]),
    ),
    components: { schemas },
  }
}

function operation(name: RouteName, route: Route, examples: Examples): object {
  const { summary, answers } = operations[name]
  const parameters = [...parametersIn('path', route.params), ...parametersIn('query', route.query)]
  return {
    operationId: name,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: bodyOf(route.body) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { says, content }]) => [
          status,
          {
            description: says,
            content: Object.fromEntries(
              Object.entries(content).map(([type, schema]) => [
                type,
                {
                  schema: schema === null ? { type: 'string' } : schemaOf(schema),
                  ...exampleOf(examples(name, status, type)),
                },
              ]),
            ),
          },
        ]),
      ),
      ...(route.isLong &&
        name !== 'metrics' && { 304: { description: 'The client has it already, by If-None-Match.' } }),
      default: {
        description: 'The request is wrong, or cannot be answered now.',
        content: { [problemJson]: { schema: referTo(problem) } },
      },
    },
  }
}

/** The type does not matter: curl --data-binary calls it a form. */
function bodyOf(schema: z.ZodString): object {
  const { description, ...rest } = z.toJSONSchema(schema)
  delete rest.$schema
  return { required: true, description, content: { [text]: { schema: rest } } }
}

function exampleOf(example: unknown): object {
  return example === undefined ? {} : { example }
}

function parametersIn(place: 'path' | 'query', schema: z.ZodObject): object[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties).map(([name, of]) => {
    const { description, examples, ...rest } = of as Record<string, unknown> & {
      readonly examples?: readonly unknown[]
    }
    return {
      name,
      in: place,
      ...(required.includes(name) && { required: true }),
      description,
      schema: rest,
      ...(examples && { example: examples[0] }),
    }
  })
}

function schemaOf(schema: z.ZodType | JsonSchema): object {
  return schema instanceof z.ZodType ? referTo(schema) : schema
}

function referTo(schema: z.ZodType): object {
  const id = shapes.get(schema)?.id
  return id === undefined ? { type: 'object' } : { $ref: refTo(id) }
}

function refTo(id: string): string {
  return `#/components/schemas/${id}`
}

/** Open: clients must bear fields that come later. */
function componentSchemas(): Readonly<Record<string, unknown>> {
  const { schemas } = z.toJSONSchema(shapes, { uri: refTo })
  return JSON.parse(
    JSON.stringify(schemas, (key, value) =>
      ['$schema', '$id', 'id'].includes(key) && typeof value === 'string'
        ? undefined
        : key === 'additionalProperties' && value === false
          ? undefined
          : value,
    ),
  )
}
