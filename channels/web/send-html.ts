import type { FastifyReply } from 'fastify'

/** Answers with a page. Personal by default: security-headers.ts adds `no-store` where nothing else is said. */
export const sendHtml = (reply: FastifyReply, document: string, status = 200): FastifyReply =>
  reply.code(status).type('text/html; charset=utf-8').send(document)
