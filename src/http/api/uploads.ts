import { Readable } from 'node:stream'
import { Metadata, Server } from '@tus/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import { abandonedAt, declareUpload } from '../../intake/uploads/declare-upload.ts'
import { discardUpload } from '../../intake/uploads/discard-upload.ts'
import { CHECKSUM_ALGORITHMS, type Checksum, ChecksumMismatch } from '../../intake/uploads/receive-bytes.ts'
import type { UploadDeps } from '../../intake/uploads/staging.ts'
import { openUpload } from '../../intake/uploads/upload-queries.ts'
import { problemOf } from '../problem.ts'
import { type TusRequest, tusRequest, UploadDataStore } from './tus-data-store.ts'
import { createUploadLocks } from './upload-locks.ts'

export interface UploadRoutesOptions {
  readonly deps: UploadDeps
  /** The draft of the session the request comes from, if it comes from one. */
  readonly ownerOf: (request: FastifyRequest) => Promise<string | undefined> | string | undefined
  /** Who pays for the space: an opaque text for the client's address, never the address. */
  readonly clientOf: (request: FastifyRequest) => string
  /** Throws `too_many_requests` for a client that declares uploads faster than people do. */
  readonly limit?: (request: FastifyRequest) => Promise<void>
}

const PATH = '/api/v1/uploads'
const VERSION = '1.0.0'
/** RFC-less, but tus's own: the checksum of the body did not match. */
const CHECKSUM_STATUS = 460
/** A body that nobody will read is swallowed up to here, so that the answer arrives; beyond, the connection ends. */
const SWALLOWED_BYTES = 8 * 1024 * 1024

const CODE_OF: Readonly<Record<number, ErrorCode>> = {
  404: 'not_found',
  409: 'conflict',
  410: 'upload_expired',
  413: 'file_too_large',
  415: 'unsupported_media_type',
  423: 'conflict',
  500: 'internal',
}

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** A refusal of the protocol itself, with the status tus clients branch on. */
const refuse = (reply: FastifyReply, status: number, detail: string): FastifyReply =>
  reply
    .code(status)
    .headers({ 'tus-resumable': VERSION, 'tus-version': VERSION })
    .type('application/problem+json')
    .send(
      JSON.stringify({
        ...problemOf(new AppError(CODE_OF[status] ?? 'validation')),
        status,
        detail: detail.trim(),
      }),
    )

const wrong = (field: string): AppError =>
  new AppError('validation', { fields: [{ field, code: 'invalid' }] })

/** Either the length, or that it is not yet known: then the upload counts as the longest recording. */
const declaredLength = (request: FastifyRequest): { bytes: number; deferred: boolean } => {
  const later = header(request, 'upload-defer-length')
  const length = header(request, 'upload-length')
  if (later !== undefined) {
    if (later !== '1' || length !== undefined) throw wrong('Upload-Defer-Length')
    return { bytes: LIMITS.recordingBytes, deferred: true }
  }
  if (!/^\d{1,15}$/.test(length ?? '')) throw wrong('Upload-Length')
  return { bytes: Number(length), deferred: false }
}

const declaredMetadata = (request: FastifyRequest): { name: string; declaredType: string } => {
  const given = header(request, 'upload-metadata')
  if (given === undefined || given === '') return { name: '', declaredType: '' }
  try {
    const { filename, name, filetype, type } = Metadata.parse(given)
    return { name: filename ?? name ?? '', declaredType: filetype ?? type ?? '' }
  } catch {
    throw wrong('Upload-Metadata')
  }
}

const declaredChecksum = (request: FastifyRequest): Checksum | undefined => {
  const given = header(request, 'upload-checksum')
  if (given === undefined) return undefined
  const [name, digest, ...rest] = given.split(' ')
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name)
  if (algorithm === undefined || digest === undefined || rest.length > 0) throw wrong('Upload-Checksum')
  return { algorithm, digest: Buffer.from(digest, 'base64') }
}

const createTus = (deps: UploadDeps) =>
  new Server({
    path: PATH,
    relativeLocation: true,
    maxSize: LIMITS.uploadBytes,
    datastore: new UploadDataStore(deps),
    locker: createUploadLocks(),
    // The one before is told to end and given this long to do so; what it has received is kept in any case.
    lockDrainTimeout: 250,
    namingFunction: () => tusRequest.getStore()?.id ?? '',
    allowedOrigins: () => false,
  })

/** The request as the library reads it. Its host is ours: only the path counts. */
const webRequest = (request: FastifyRequest): Request => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string') headers.set(name, value)
  const hasBody = request.method === 'POST' || request.method === 'PATCH'
  return new Request(new URL(request.url, 'http://wasl.invalid'), {
    method: request.method,
    headers,
    ...(hasBody ? { body: Readable.toWeb(request.raw) as ReadableStream, duplex: 'half' } : {}),
  } as RequestInit)
}

/** What the library says to a request; our own refusals come out as they were thrown. */
const ask = async (tus: Server, request: FastifyRequest, context: TusRequest): Promise<Response> => {
  const answer = await tusRequest.run(context, () => tus.handleWeb(webRequest(request)))
  const { failure } = context
  if (failure instanceof ChecksumMismatch) return new Response(failure.message, { status: CHECKSUM_STATUS })
  // A client that is gone broke its own stream: what it had sent is kept, and nobody reads the answer.
  if (failure instanceof AppError || (failure !== undefined && !request.raw.destroyed)) throw failure
  return answer
}

const sendTus = async (reply: FastifyReply, answer: Response): Promise<FastifyReply> => {
  if (answer.status >= 400) return refuse(reply, answer.status, await answer.text())
  for (const [name, value] of answer.headers)
    if (!/^(access-control-|content-)/.test(name)) reply.header(name, value)
  return reply.code(answer.status).send()
}

/** Before anything is read: a client that speaks another version, or none, changes nothing here. */
const checkVersion = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  if (request.method !== 'OPTIONS' && header(request, 'tus-resumable') !== VERSION)
    await refuse(reply, 412, 'Tus-Resumable: 1.0.0 is required')
}

const endUnreadBody = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const length = Number(header(request, 'content-length') ?? Number.POSITIVE_INFINITY)
  const hasBody = request.method === 'PATCH' || header(request, 'content-type') !== undefined
  if (hasBody && !request.raw.complete && length > SWALLOWED_BYTES) reply.header('connection', 'close')
}

const createRoute = (tus: Server, options: UploadRoutesOptions) => {
  const { deps, ownerOf, clientOf, limit } = options
  return async (request: FastifyRequest, reply: FastifyReply) => {
    await limit?.(request)
    const upload = await declareUpload(deps, {
      draftId: await ownerOf(request),
      client: clientOf(request),
      ...declaredLength(request),
      ...declaredMetadata(request),
    })
    reply.header('upload-expires', upload.expiresAt.toUTCString())
    // The address of an upload that could not begin is never told: nobody could go on with it.
    const forget = () => discardUpload(deps, upload.id, upload.draftId ?? undefined).catch(() => {})
    try {
      const answer = await ask(tus, request, {
        id: upload.id,
        checksum: declaredChecksum(request),
        failure: undefined,
      })
      if (answer.status >= 400) await forget()
      return await sendTus(reply, answer)
    } catch (error) {
      await forget()
      throw error
    }
  }
}

const continueRoute = (tus: Server, options: UploadRoutesOptions) => {
  const { deps, ownerOf } = options
  return async (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) => {
    const upload = await openUpload(deps, request.params.id, await ownerOf(request))
    if (upload.finishedAt === null) {
      const expires = request.method === 'PATCH' ? abandonedAt(deps.clock.now()) : upload.expiresAt
      reply.header('upload-expires', expires.toUTCString())
    }
    const context = { id: upload.id, checksum: declaredChecksum(request), failure: undefined }
    return sendTus(reply, await ask(tus, request, context))
  }
}

/**
 * Resumable upload, tus 1.0, at /api/v1/uploads: OPTIONS, POST, HEAD, PATCH, DELETE. There is no GET: the library would
 * hand the whole file to anybody.
 */
export const uploadRoutes = async (app: FastifyInstance, options: UploadRoutesOptions): Promise<void> => {
  const tus = createTus(options.deps)
  app.removeAllContentTypeParsers()
  // The body stays in its socket until the library reads it.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.addHook('onRequest', checkVersion)
  app.addHook('onSend', endUnreadBody)
  const schema = { tags: ['uploads'], description: 'tus 1.0 resumable upload: https://tus.io/protocols' }
  const optionsRoute = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('tus-checksum-algorithm', CHECKSUM_ALGORITHMS.join(','))
    return sendTus(reply, await ask(tus, request, { id: '', checksum: undefined, failure: undefined }))
  }
  for (const url of [PATH, `${PATH}/:id`])
    app.route({ method: 'OPTIONS', url, schema, handler: optionsRoute })
  app.route({ method: 'POST', url: PATH, schema, handler: createRoute(tus, options) })
  app.route<{ Params: { id: string } }>({
    method: ['HEAD', 'PATCH'],
    url: `${PATH}/:id`,
    schema,
    handler: continueRoute(tus, options),
  })
  app.route<{ Params: { id: string } }>({
    method: 'DELETE',
    url: `${PATH}/:id`,
    schema,
    handler: async (request, reply) => {
      await discardUpload(options.deps, request.params.id, await options.ownerOf(request))
      return reply.code(204).header('tus-resumable', VERSION).send()
    },
  })
}
