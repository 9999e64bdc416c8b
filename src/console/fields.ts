import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Names } from '../core/locale.ts'

/** The fields of a form as they were typed. */
export type Fields = Readonly<Record<string, string>>

export const fieldsOf = (request: FastifyRequest): Fields =>
  z.record(z.string(), z.string().max(60_000).catch('')).catch({}).parse(request.body)

export const said = (fields: Fields, name: string): string => (fields[name] ?? '').trim()

/** The names typed as `<part>-ar` and `<part>-fr`. */
export const namesIn = (fields: Fields, part: string): Names => ({
  ...(said(fields, `${part}-ar`) ? { ar: said(fields, `${part}-ar`) } : {}),
  ...(said(fields, `${part}-fr`) ? { fr: said(fields, `${part}-fr`) } : {}),
})

export const UNPROCESSABLE = 422
