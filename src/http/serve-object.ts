import type { FastifyReply } from 'fastify'
import { AppError } from '../core/errors.ts'
import { cleanFileName } from '../core/file-name.ts'
import type { ObjectStore } from '../core/object-store.ts'

export interface ServedObject {
  readonly key: string
  /** Of an inline object: its type verified by content. An attachment goes out as bytes, whatever it claims to be. */
  readonly type: string
  readonly bytes: number
  /** Lower-case hex: the strong ETag. */
  readonly sha256: string
  readonly fileName: string
  /** Originals are attachments, always; `inline` is for what we made ourselves. */
  readonly disposition: 'inline' | 'attachment'
}

type Range = { readonly start: number; readonly end: number }

/**
 * One range of a Range header (RFC 9110, 14.2): undefined when there is none or it is not one we serve (several, another
 * unit, nonsense), which means the whole; `unsatisfiable` when it begins beyond the end.
 */
export const rangeOf = (given: string | undefined, bytes: number): Range | 'unsatisfiable' | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(given?.trim() ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '')
    return Number(last) === 0 || bytes === 0
      ? 'unsatisfiable'
      : { start: Math.max(0, bytes - Number(last)), end: bytes - 1 }
  const start = Number(first)
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= bytes ? 'unsatisfiable' : { start, end }
}

/** RFC 6266 and 8187: a plain name for old readers, the true one in UTF-8 for the rest. Neither can end the header. */
export const contentDisposition = (disposition: 'inline' | 'attachment', fileName: string): string => {
  const name = cleanFileName(fileName)
  const plain = name.replace(/[^A-Za-z0-9 ._-]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/**
 * Sends an object, or the part of it that was asked for: 200, 206, 304, 416. Whatever the bytes are, a browser runs none
 * of them: no sniffing, a sandbox without rights, and the type of an attachment is only bytes. Throws `not_found` when
 * the store has no such object.
 */
export const serveObject = async (
  reply: FastifyReply,
  store: ObjectStore,
  object: ServedObject,
): Promise<FastifyReply> => {
  const { headers } = reply.request
  const etag = `"${object.sha256}"`
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    etag,
  })
  if (headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) return reply.code(304).send()
  // A part is only right of the same bytes: another ETag in If-Range means the whole.
  const ifRange = headers['if-range']
  const range = ifRange === undefined || ifRange === etag ? rangeOf(headers.range, object.bytes) : undefined
  if (range === 'unsatisfiable')
    return reply.code(416).header('content-range', `bytes */${object.bytes}`).send()
  const stream = await store.get(object.key, range)
  if (stream === undefined) throw new AppError('not_found')
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${object.bytes}`)
  return reply
    .headers({
      'content-type': object.disposition === 'inline' ? object.type : 'application/octet-stream',
      'content-length': range ? range.end - range.start + 1 : object.bytes,
      'content-disposition': contentDisposition(object.disposition, object.fileName),
    })
    .send(stream)
}
