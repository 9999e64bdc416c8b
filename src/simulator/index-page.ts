import type { FastifyInstance, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import { page } from '../html/layout.ts'
import { text } from '../html/text.ts'

/** `/simulator`: the way to what a gateway without real providers shows instead of them. */
export const simulatorIndex = (
  app: FastifyInstance,
  { localeOf }: { readonly localeOf: (request: FastifyRequest) => Locale },
): void => {
  app.get('/simulator', { schema: { hide: true } }, async (request, reply) => {
    const locale = localeOf(request)
    const title = text(locale, 'simulator.title')
    const body = html`<h1>${title}</h1>
      <ul>
        <li><a href="/simulator/phone">${text(locale, 'phone.title')}</a></li>
        <li><a href="/simulator/mailbox">${text(locale, 'mailbox.title')}</a></li>
        <li><a href="/simulator/body">${text(locale, 'demo.title')}</a></li>
      </ul>`
    return reply.type('text/html; charset=utf-8').send(page({ locale, title, path: '/', body }))
  })
}
