import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { Asset } from '../html/assets.ts'
import { codingFor } from './compress-html.ts'

const A_YEAR = 'public, max-age=31536000, immutable'

/** Serves files that are named by their content: kept by browsers for a year, sent compressed as they lie in memory. */
export const serveAssets = (app: FastifyInstance, assets: readonly Asset[]): void => {
  for (const asset of assets)
    app.get(asset.url, { schema: { hide: true } }, async (request, reply) => {
      const coding = codingFor(request.headers['accept-encoding'])
      if (coding !== undefined) reply.header('content-encoding', coding)
      return reply
        .headers({ 'cache-control': A_YEAR, vary: 'accept-encoding' })
        .type(asset.type)
        .send(coding === 'br' ? asset.brotli : coding === 'gzip' ? asset.gzip : asset.plain)
    })
}
