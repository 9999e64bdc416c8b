import fastifyHelmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

const isHtml = (type: unknown): boolean => String(type ?? '').startsWith('text/html')

/**
 * The headers of every answer. Pages carry no inline script or style, so nothing needs `unsafe-inline`; blob: is what a
 * recorder plays back before it is sent. `same-origin` as referrer policy, not `no-referrer`: with the latter browsers send
 * `Origin: null` on our own forms, and the origin is how a forged form is told from ours.
 */
export const securityHeaders = async (
  app: FastifyInstance,
  { publicUrl }: { readonly publicUrl: string },
): Promise<void> => {
  const isHttps = publicUrl.startsWith('https:')
  await app.register(fastifyHelmet, {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isHttps ? { maxAge: 63_072_000, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    xXssProtection: false,
  })
  app.addHook('onSend', async (_request, reply) => {
    if (!isHtml(reply.getHeader('content-type'))) return
    reply.header('permissions-policy', 'microphone=(self), camera=(self), geolocation=(), payment=(), usb=()')
    // A page is personal unless it says otherwise: a shared computer must not show it again.
    if (reply.getHeader('cache-control') === undefined) reply.header('cache-control', 'no-store')
  })
}
