import { PassThrough, type Readable } from 'node:stream'
import type {} from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { LIMITS } from '../../src/core/limits.ts'

/** A file on its way in. Exactly one of its bytes more than the limit is let through, for the store to notice. */
export interface IncomingFile {
  readonly field: string
  readonly name: string
  readonly declaredType: string
  readonly body: Readable
}

const FIELD_BYTES = 1024 * 1024
const FIELDS = 40
/** More parts than may be kept are read past and told; far more end the request. */
const FILES = LIMITS.filesPerSubmission * 4

type OnField = (name: string, value: string) => void

const plainFields = (body: unknown, onField: OnField): Record<string, string> => {
  const fields: Record<string, string> = {}
  for (const [name, values] of Object.entries((body ?? {}) as Record<string, unknown>))
    for (const value of [values].flat()) {
      fields[name] = String(value)
      onField(name, String(value))
    }
  return fields
}

/**
 * Reads a posted form, urlencoded or multipart. Files are handed over as they stream in, with the fields that came before
 * them; what a receiver does not read is read past, because browsers look at an answer only after the last byte.
 */
export const receiveForm = async (
  request: FastifyRequest,
  onFile: (file: IncomingFile, fields: Readonly<Record<string, string>>) => Promise<void>,
  /** Hears every field, those of one name too; the result holds the last of them. */
  onField: OnField = () => {},
): Promise<Readonly<Record<string, string>>> => {
  if (!request.isMultipart()) return plainFields(request.body, onField)
  const fields: Record<string, string> = {}
  const parts = request.parts({
    limits: {
      fieldSize: FIELD_BYTES,
      fields: FIELDS,
      files: FILES,
      parts: FIELDS + FILES,
      fileSize: LIMITS.formFileBytes + 1,
    },
  })
  for await (const part of parts) {
    if (part.type === 'field') {
      fields[part.fieldname] = String(part.value)
      onField(part.fieldname, String(part.value))
    } else if (part.filename === '') part.file.resume()
    else {
      const body = part.file.pipe(new PassThrough())
      part.file.once('error', (error) => body.destroy(error))
      await onFile({ field: part.fieldname, name: part.filename, declaredType: part.mimetype, body }, fields)
      part.file.unpipe(body)
      part.file.resume()
    }
  }
  return fields
}
