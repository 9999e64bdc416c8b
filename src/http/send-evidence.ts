import type { FastifyReply } from 'fastify'
import type { Evidence } from '../staff/open-evidence.ts'

/**
 * Streams bytes that came from outside: always as a download, never shown, guessed at or run by a browser, never kept by a
 * cache.
 */
export const sendEvidence = (reply: FastifyReply, { body, bytes, sha256, fileName }: Evidence) =>
  reply
    .headers({
      'content-type': 'application/octet-stream',
      'content-length': String(bytes),
      'content-disposition': `attachment; filename="${fileName}"`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      // RFC 9530
      'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    })
    .send(body)
