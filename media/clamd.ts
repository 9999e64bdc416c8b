import { createReadStream } from 'node:fs'
import net from 'node:net'
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
  return { verdict: 'unavailable', reason: 'unexpected reply' }
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

const INSTREAM = Buffer.from('zINSTREAM\0')
const PING = Buffer.from('zPING\0')

const replyOf = (socket: net.Socket): Promise<string> =>
  new Promise((resolve) => {
    let reply = ''
    socket.on('data', (chunk: Buffer) => {
      reply = (reply + chunk.toString('latin1')).slice(0, 1_000)
      if (reply.includes('\0')) resolve(reply)
    })
    socket.once('close', () => resolve(reply))
  })

/** What came back, or what ended the connection without a word. */
type Answer = { readonly reply: string } | { readonly trouble: string }

interface Server {
  readonly host: string
  readonly port: number
  readonly idleMs: number
}

/** One exchange over one connection. */
const exchange = async (
  { host, port, idleMs }: Server,
  signal: AbortSignal,
  send: (socket: net.Socket) => Promise<void>,
): Promise<Answer> => {
  const socket = net.connect({ host, port })
  let trouble = 'no reply'
  const end = (reason: string) => {
    trouble = reason
    socket.destroy()
  }
  const abort = () => end('aborted')
  socket.setTimeout(idleMs, () => end('timed out'))
  socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    const [reply] = await Promise.all([replyOf(socket), send(socket).catch(() => undefined)])
    return reply === '' ? { trouble } : { reply }
  } finally {
    signal.removeEventListener('abort', abort)
    socket.destroy()
  }
}

const sendFile = async (socket: net.Socket, file: string): Promise<void> => {
  await write(socket, INSTREAM)
  const body = createReadStream(file, { highWaterMark: 256 * 1024 })
  for await (const chunk of body) await write(socket, Buffer.concat(frame(chunk as Buffer)))
  await write(socket, Buffer.alloc(4))
}

const hungUp = (answer: Answer): answer is { trouble: string } =>
  'trouble' in answer && ['ECONNRESET', 'EPIPE'].includes(answer.trouble)

/**
 * Talks to clamd over TCP (`tcp://host:port`), streaming the file; gives up when nothing moves for `idleMs`. clamd that has
 * seen more than it takes says so and hangs up while we still write, and the reset may overtake its words: hanging up
 * twice while it is well means the same.
 */
export const createClamdScanner = (url: string, idleMs: number = MEDIA_LIMITS.scanIdleMs): Scanner => {
  const { hostname, port } = new URL(url)
  const server = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 3310), idleMs }
  return {
    scan: async (file, signal) => {
      const scan = () => exchange(server, signal, (socket) => sendFile(socket, file))
      let answer = await scan()
      if (hungUp(answer)) answer = await scan()
      if ('reply' in answer) return readVerdict(answer.reply)
      if (!hungUp(answer)) return { verdict: 'unavailable', reason: answer.trouble }
      const pong = await exchange(server, signal, (socket) => write(socket, PING))
      return 'reply' in pong ? { verdict: 'too_large' } : { verdict: 'unavailable', reason: answer.trouble }
    },
  }
}
