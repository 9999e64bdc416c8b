import { createReadStream } from 'node:fs'
import net from 'node:net'
import type { Readable } from 'node:stream'
import { MEDIA_LIMITS } from './limits.ts'

export type ScanVerdict =
  | { readonly verdict: 'clean' }
  | { readonly verdict: 'infected'; readonly signature: string }
  /** Longer than the scanner's StreamMaxLength. */
  | { readonly verdict: 'too_large' }
  | { readonly verdict: 'unavailable'; readonly reason: string }

/** Looks for malware in one file. Never rejects: an absent scanner is a verdict. */
export interface Scanner {
  scan(file: string, signal: AbortSignal): Promise<ScanVerdict>
}

/** `stream: Eicar-Test FOUND`, `stream: OK`, `INSTREAM size limit exceeded. ERROR` */
export const readVerdict = (reply: string): ScanVerdict => {
  const line = reply.replaceAll('\0', '').trim()
  const found = /^stream: (.+) FOUND$/.exec(line)
  if (found?.[1] !== undefined) return { verdict: 'infected', signature: found[1] }
  if (line === 'stream: OK') return { verdict: 'clean' }
  if (line.startsWith('INSTREAM size limit exceeded')) return { verdict: 'too_large' }
  return { verdict: 'unavailable', reason: line === '' ? 'no reply' : 'unexpected reply' }
}

/** Frames of INSTREAM: a length of four bytes before each chunk, and a zero at the end. */
const frame = (chunk: Buffer): Buffer[] => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(chunk.length)
  return [length, chunk]
}

const write = (socket: net.Socket, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.write(chunk, (error) => (error ? reject(error) : resolve()))
  })

const send = async (socket: net.Socket, body: Readable): Promise<void> => {
  await write(socket, Buffer.from('zINSTREAM\0'))
  for await (const chunk of body) await write(socket, Buffer.concat(frame(chunk as Buffer)))
  await write(socket, Buffer.alloc(4))
}

const replyOf = (socket: net.Socket): Promise<string> =>
  new Promise((resolve) => {
    let reply = ''
    socket.on('data', (chunk: Buffer) => {
      reply = (reply + chunk.toString('latin1')).slice(0, 1_000)
      if (reply.includes('\0')) resolve(reply)
    })
    socket.once('close', () => resolve(reply))
  })

/**
 * Talks to clamd over TCP (`tcp://host:port`), streaming the file. It gives up when nothing moves for `idleMs`. clamd
 * that has seen too much answers and hangs up while we still write: its reply counts, not our broken pipe.
 */
export const createClamdScanner = (url: string, idleMs: number = MEDIA_LIMITS.scanIdleMs): Scanner => {
  const { hostname, port } = new URL(url)
  return {
    scan: async (file, signal) => {
      const socket = net.connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 3310) })
      let trouble = 'closed'
      const end = (reason: string) => {
        trouble = reason
        socket.destroy()
      }
      const abort = () => end('aborted')
      socket.setTimeout(idleMs, () => end('timed out'))
      socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'))
      signal.addEventListener('abort', abort, { once: true })
      const body = createReadStream(file, { highWaterMark: 256 * 1024 })
      const reply = replyOf(socket)
      try {
        await send(socket, body).catch(() => undefined)
        const verdict = readVerdict(await reply)
        return verdict.verdict === 'unavailable' && verdict.reason === 'no reply'
          ? { verdict: 'unavailable', reason: trouble }
          : verdict
      } finally {
        signal.removeEventListener('abort', abort)
        body.destroy()
        socket.destroy()
      }
    },
  }
}
