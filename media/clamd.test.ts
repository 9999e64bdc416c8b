import { once } from 'node:events'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createClamdScanner, readVerdict } from './clamd.ts'

it.each([
  ['stream: OK\0', { verdict: 'clean' }],
  ['stream: Eicar-Test FOUND\0', { verdict: 'infected', signature: 'Eicar-Test' }],
  ['INSTREAM size limit exceeded. ERROR\0', { verdict: 'too_large' }],
  ['stream: OK FOUND FOUND\0', { verdict: 'infected', signature: 'OK FOUND' }],
  ['UNKNOWN COMMAND\0', { verdict: 'unavailable', reason: 'unexpected reply' }],
])('reads %j', (reply, verdict) => {
  expect(readVerdict(reply)).toEqual(verdict)
})

/** A clamd whose answer to a ping is as given, and which resets every stream. */
const scanAgainst = async (pong: string) => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (chunk: Buffer) => {
      if (chunk.toString().startsWith('zPING')) socket.end(pong)
      else socket.resetAndDestroy()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`
  const verdict = await createClamdScanner(url, 2_000).scan(
    fileURLToPath(import.meta.url),
    new AbortController().signal,
  )
  server.close()
  return verdict
}

it('takes a scanner that is well and hangs up for one that was given too much', async () => {
  expect(await scanAgainst('PONG\0')).toEqual({ verdict: 'too_large' })
})
it('takes a scanner that only hangs up for one that is away', async () => {
  expect(await scanAgainst('')).toEqual({ verdict: 'unavailable', reason: 'ECONNRESET' })
})
