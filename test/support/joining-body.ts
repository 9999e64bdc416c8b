import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { Dossier } from '../../src/core/dossier.ts'
import type { ConformanceRule } from '../../src/core/joining.ts'

/** What the body's system says to the gateway with its token. */
export type Act = (referralId: string, act: string, body: object) => Promise<unknown>

/**
 * The system of a body that joins: verifies, recognises repeats, acknowledges, answers and hands on as the dossier asks; but for
 * the one rule it breaks.
 */
export const startJoiningBody = async (deps: { readonly act: Act; readonly dawdle: () => void }) => {
  const state = { secret: '', breaks: undefined as ConformanceRule | undefined, numbers: 0 }
  const seen = new Set<string>()
  const work: Promise<unknown>[] = []

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

  const take = (body: string, headers: Record<string, string>): number => {
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
    const id = headers['webhook-id'] ?? ''
    const before = work.at(-1) ?? Promise.resolve()
    const isRepeat = seen.has(id)
    work.push(before.then(() => handle(data, isRepeat)))
    seen.add(id)
    return 202
  }

  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => response.writeHead(take(body, request.headers as Record<string, string>)).end())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
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
