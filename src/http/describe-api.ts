import { jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { ERRORS } from '../core/errors.ts'

type Described = ReturnType<typeof jsonSchemaTransformObject>
type Operations = Readonly<Record<string, { readonly responses?: object }>>

/** What every refusal looks like (`http/problem.ts`). */
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    fields: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'code'],
        properties: { field: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
}
const REFUSED = {
  description: 'Refused: the code says why',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

const BEARER = /^\/api\/v1\/(staff|referrals)\b/

const describedAt = (path: string, operations: Operations) =>
  Object.fromEntries(
    Object.entries(operations).map(([method, operation]) => [
      method,
      {
        ...operation,
        responses: { ...operation.responses, default: REFUSED },
        ...(BEARER.test(path) ? { security: [{ bearer: [] }] } : {}),
      },
    ]),
  )

/** Fills `components`, and says of every operation of the API how it refuses and which asks for a token. */
export const describeApi = (generated: Parameters<typeof jsonSchemaTransformObject>[0]): Described => {
  const spec = jsonSchemaTransformObject(generated) as { components?: { schemas?: object }; paths?: object }
  const paths = Object.entries(spec.paths ?? {}).map(([path, operations]: [string, Operations]) => [
    path,
    path.startsWith('/api/v1/') ? describedAt(path, operations) : operations,
  ])
  return {
    ...spec,
    paths: Object.fromEntries(paths),
    components: {
      ...spec.components,
      schemas: { ...spec.components?.schemas, Problem: PROBLEM },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  } as Described
}
