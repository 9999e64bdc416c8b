import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { AppError } from '../core/errors.ts'

export interface Sound {
  readonly type: string
  readonly body: Readable
}

export interface VoiceSoundsDeps {
  /** A clip by the digest in its address. */
  readonly clip: (sha256: string) => Promise<Sound | undefined>
  /** A caller's own take, for as long as its address holds; undefined when it cannot be had now. */
  readonly take: (token: string, signal: AbortSignal) => Promise<Sound | undefined>
}

const TAKE_MS = 8_000
const YEAR = 365 * 24 * 3600

/** A second of silence, 8 kHz: a provider that finds no sound may end the call. */
const silence = (): Buffer => {
  const samples = 8_000
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + samples, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8_000, 24)
  head.writeUInt32LE(8_000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(samples, 40)
  return Buffer.concat([head, Buffer.alloc(samples, 0x80)])
}
const SILENCE = silence()

const send = (reply: FastifyReply, { type, body }: Sound, cache: string): FastifyReply =>
  reply.type(type).header('cache-control', cache).header('x-content-type-options', 'nosniff').send(body)

/** What the provider plays to callers: clips, and their own recordings before they send them. */
export const voiceSoundRoutes = (app: FastifyInstance, deps: VoiceSoundsDeps): void => {
  app.get<{ Params: { name: string } }>(
    '/voice/clips/:name',
    { schema: { hide: true } },
    async (request, reply) => {
      const sha256 = /^([0-9a-f]{64})\.(mp3|wav)$/.exec(request.params.name)?.[1]
      const clip = sha256 === undefined ? undefined : await deps.clip(sha256)
      if (clip === undefined) throw new AppError('not_found')
      return send(reply, clip, `public, max-age=${YEAR}, immutable`)
    },
  )
  app.get<{ Params: { token: string } }>(
    '/voice/takes/:token',
    { schema: { hide: true } },
    async (request, reply) => {
      const take = await deps.take(request.params.token, AbortSignal.timeout(TAKE_MS)).catch(() => undefined)
      return send(reply, take ?? { type: 'audio/wav', body: Readable.from([SILENCE]) }, 'no-store')
    },
  )
}
