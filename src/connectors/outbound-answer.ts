import type { Dispatcher } from 'undici'
import type { DeliveryError } from '../core/delivery.ts'

const ANSWER_BYTES = 64 * 1024

/** Reads what little of an answer is allowed (P78), then hangs up. Gives what was read. */
export const readLittle = async (body: Dispatcher.ResponseData['body']): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer)
      bytes += (chunk as Buffer).length
      if (bytes > ANSWER_BYTES) break
    }
  } catch {
    // A body that breaks off changes nothing of the status before it.
  }
  body.destroy()
  return Buffer.concat(chunks).toString('utf8')
}

/** Statuses by which the other side says "not now"; any other 4xx and every redirect is "not like this". */
const isRetryable = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status)

/** What a status other than 2xx means for the message. */
export const refusalOf = (status: number, retryAfter: number | undefined): DeliveryError => ({
  code: `http_${status}`,
  message: status < 400 ? `Answered ${status}; redirects are not followed.` : `Answered ${status}.`,
  retryable: isRetryable(status),
  ...(retryAfter === undefined ? {} : { retryAfter }),
  ...(status === 410 ? { disablesDestination: true } : {}),
})

/** Says what broke without the address, which may hold a secret in its path. */
export const breakageOf = (error: unknown, timedOut: boolean): DeliveryError => {
  const code = (error as { code?: unknown }).code
  if (code === 'FORBIDDEN_ADDRESS')
    return {
      code: 'forbidden_address',
      message: 'The address leads to a place that outbound calls may not reach.',
      retryable: false,
    }
  if (timedOut) return { code: 'timeout', message: 'No whole answer in time.', retryable: true }
  const name = typeof code === 'string' ? code.toLowerCase().replace(/^und_err_/, '') : 'failed'
  return { code: `network_${name}`, message: 'The connection could not be made or broke.', retryable: true }
}
