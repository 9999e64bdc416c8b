import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { Dossier } from '../../src/core/dossier.ts'
import type { ConformanceRule } from '../../src/core/joining.ts'

/** What the body's system says to the gateway with its token. */
export type Act = (referralId: string, act: string, body: object) => Promise<unknown>

/**
 * The system of a body that joins, by webhook or as an Open311 endpoint: verifies, recognises repeats, acknowledges, answers and hands on as the dossier asks; but for
 * the one rule it breaks.
 */
export const startJoiningBody = async (deps: { readonly act: Act; readonly dawdle: () => void }) => {
  const state = { secret: '', key: '', breaks: undefined as ConformanceRule | undefined, numbers: 0 }
  const numbers = new Map<string, number>()
  const seen = new Set<string>()
  const work: Promise<unknown>[] = []

  /** What the dossier asks for; a body of any kind may be given the same work. */
  const handle = async ({ referral, text }: Dossier, isRepeat: boolean): Promise<void> => {
    const { breaks } = state
    const [, to] = /Transférez-le à ([A-Z0-9_-]+)\./.exec(text) ?? []
    if (to) {
      if (breaks !== 'transfer')
        await deps.act(referral.id, 'transfer', { administration: to, reason: 'Pas de chez nous' })
      return
    }
    if (isRepeat && breaks !== 'idempotency') return
    state.numbers += 1
    const externalReference = `DOS-${state.numbers}`
    if (breaks !== 'acknowledgement') await deps.act(referral.id, 'accept', { externalReference })
    if (breaks !== 'answer' && (breaks !== 'idempotency' || isRepeat))
      await deps.act(referral.id, 'answer', { text: 'Votre dossier est prêt.' })
  }

  /** Does the work of a dossier after it is taken, one after the other; gives whether it came before. */
  const later = (id: string, dossier: Dossier): boolean => {
    const before = work.at(-1) ?? Promise.resolve()
    const isRepeat = seen.has(id)
    work.push(before.then(() => handle(dossier, isRepeat)))
    seen.add(id)
    return isRepeat
  }

  const takeEvent = (body: string, headers: Record<string, string>): number => {
    if (state.breaks !== 'signature')
      try {
        new Webhook(state.secret).verify(body, headers)
      } catch {
        return 401
      }
    const { type, data } = JSON.parse(body) as { type: string; data: Dossier }
    if (state.breaks === 'slow') deps.dawdle()
    if (type === 'test.ping') return 204
    if (type !== 'complaint.referred') return state.breaks === 'error' ? 500 : 400
    later(headers['webhook-id'] ?? '', data)
    return 202
  }

  const takeRequest = (body: string, headers: Record<string, string>): [number, string?] => {
    const form = new URLSearchParams(body)
    if (state.breaks !== 'signature' && form.get('api_key') !== state.key) return [403]
    if (state.breaks === 'slow') deps.dawdle()
    if (form.get('service_code') !== 'complaint') return [state.breaks === 'error' ? 500 : 404]
    const id = headers['idempotency-key'] ?? ''
    if (form.get('attribute[event]') === 'complaint.referred')
      later(id, JSON.parse(form.get('attribute[dossier]') ?? '{}'))
    if (!numbers.has(id) || state.breaks === 'idempotency') numbers.set(id, ++state.numbers)
    return [201, JSON.stringify([{ service_request_id: numbers.get(id) }])]
  }

  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      const headers = request.headers as Record<string, string>
      const [status, answer] =
        request.url === '/hook' ? [takeEvent(body, headers)] : takeRequest(body, headers)
      response.writeHead(status).end(answer)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `${base}/hook`,
    open311: `${base}/v2`,
    state,
    /** Everything it was told to do is done. */
    idle: () => Promise.allSettled(work),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  }
}
