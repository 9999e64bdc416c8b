import type { AnySchema } from 'ajv'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'

const ajv = new Ajv2020.default({ strict: false })
addFormats.default(ajv)

/** Holds what was answered against the schema that the OpenAPI description gives of it. */
export const expectDescribed = (
  spec: { readonly components?: object },
  place: string,
  schema: AnySchema | undefined,
  answer: unknown,
): void => {
  const isValid = ajv.compile({ ...(schema as object), components: spec.components })
  const holds = isValid(answer)
  expect([place, schema === undefined, isValid.errors ?? [], holds]).toEqual([place, false, [], true])
}
