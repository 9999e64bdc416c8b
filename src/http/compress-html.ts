import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** Below this a packet is a packet. */
const WORTH_BYTES = 1024
/** Fast enough to do for each page: about a millisecond for 30 KB. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

export type Coding = 'br' | 'gzip'

/** The best coding that an Accept-Encoding header takes; undefined: send as it is. */
export const codingFor = (accepted: string | undefined): Coding | undefined => {
  const offered = (accepted ?? '')
    .split(',')
    .filter((entry) => !/;\s*q=0(\.0*)?\s*$/.test(entry))
    .map((entry) => entry.split(';')[0]?.trim())
  return (['br', 'gzip'] as const).find((coding) => offered.includes(coding))
}

/**
 * Compresses pages on their way out. Forms carry a token that is different each time (form-token.ts), so that the length
 * of a compressed page tells nothing about it (BREACH).
 */
export const compressHtml = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '')
    if (typeof payload !== 'string' || !type.startsWith('text/html')) return payload
    reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', '))
    const coding = codingFor(request.headers['accept-encoding'])
    if (coding === undefined || payload.length < WORTH_BYTES) return payload
    const body = coding === 'br' ? await brotli(payload, BROTLI) : await gzipped(payload)
    reply.header('content-encoding', coding).header('content-length', body.length)
    return body
  })
}
