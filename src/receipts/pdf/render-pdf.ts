import { Worker } from 'node:worker_threads'
import { AppError } from '../../core/errors.ts'
import type { ReceiptDocument } from '../../core/receipt.ts'
import type { RenderAnswer, RenderRequest } from './typst-worker.ts'

/** Renders waiting at one moment. A render takes milliseconds: beyond this the answer is "try again". */
const WAITING_LIMIT = 100
const PATIENCE_MS = { receipt: 10_000, report: 60_000 } as const

export interface PdfRenderer {
  /** The receipt as a PDF of one A5 page. Throws AppError `unavailable` when too many wait. */
  render(document: ReceiptDocument): Promise<Uint8Array>
  /** A yearly report on A4, from a document of html/report-document.ts. */
  renderReport(document: object): Promise<Uint8Array>
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (pdf: Uint8Array) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/**
 * Sets receipts with Typst in a thread of its own: fonts are loaded once, on the first receipt, and typesetting never holds
 * up the event loop. A thread that dies or hangs is replaced; what it had is answered `unavailable`.
 */
export const createPdfRenderer = (): PdfRenderer => {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let lastId = 0

  const take = (id: number): Waiting | undefined => {
    const one = waiting.get(id)
    waiting.delete(id)
    clearTimeout(one?.timer)
    if (waiting.size === 0) worker?.unref()
    return one
  }

  const giveUp = (cause: unknown): void => {
    const lost = worker
    worker = undefined
    for (const id of [...waiting.keys()]) take(id)?.reject(new AppError('unavailable', { cause }))
    void lost?.terminate()
  }

  const start = (): Worker => {
    const made = new Worker(new URL('./typst-worker.ts', import.meta.url))
    made.on('message', (answer: RenderAnswer) => {
      const one = take(answer.id)
      if ('pdf' in answer) one?.resolve(answer.pdf)
      else one?.reject(new AppError('internal', { cause: new Error(answer.problem) }))
    })
    made.on('error', (error) => worker === made && giveUp(error))
    made.on('exit', () => worker === made && giveUp(new Error('the typesetting thread ended')))
    return made
  }

  const ask = (template: RenderRequest['template'], document: object): Promise<Uint8Array> => {
    if (waiting.size >= WAITING_LIMIT) return Promise.reject(new AppError('unavailable'))
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
    lastId += 1
    const timer = setTimeout(() => giveUp(new Error('typesetting took too long')), PATIENCE_MS[template])
    waiting.set(lastId, { resolve, reject, timer })
    worker ??= start()
    worker.ref()
    worker.postMessage({ id: lastId, template, document: JSON.stringify(document) } satisfies RenderRequest)
    return promise
  }

  return {
    render: (document) => ask('receipt', document),
    renderReport: (document) => ask('report', document),
    close: async () => {
      const ended = worker?.terminate()
      giveUp(new Error('closed'))
      await ended
    },
  }
}
