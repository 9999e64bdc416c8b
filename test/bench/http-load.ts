import { createHmac, randomUUID } from 'node:crypto'
import net from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

/**
 * A load of many clients over raw sockets, in a process of its own: each client sends, waits for the answer, sends again.
 * Raw, because an HTTP client library would cost more than the server it measures.
 */
export interface Load {
  readonly port: number
  readonly path: string
  readonly body: string
  readonly clients: number
  readonly seconds: number
  /** Each request is a message of its own, signed as Twilio signs; `body` is then its text. */
  readonly signed?: { readonly token: string; readonly publicUrl: string }
}

export interface LoadResult {
  readonly answers: number
  readonly refused: number
  readonly seconds: number
  /** Milliseconds of each answer. */
  readonly times: readonly number[]
}

const framed = ({ path, port }: Load, type: string, more: string, body: string): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: ${type}\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )

const messageOf = (text: string): [string, string][] => [
  ['AccountSid', 'AC00000000000000000000000000000000'],
  ['Body', text],
  ['From', `+2126${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`],
  ['MessageSid', `SM${randomUUID().replaceAll('-', '')}`],
  ['NumMedia', '0'],
  ['To', '+212530000100'],
]

/** What is sent next: the same body again, or a new message with its signature. */
const requests = (load: Load): (() => Buffer) => {
  const { signed, path, body } = load
  if (signed === undefined) {
    const request = framed(load, 'application/json', '', body)
    return () => request
  }
  return () => {
    const fields = messageOf(body)
    const text = fields.reduce((all, [name, value]) => all + name + value, `${signed.publicUrl}${path}`)
    const signature = createHmac('sha1', signed.token).update(text).digest('base64')
    const form = new URLSearchParams(fields).toString()
    return framed(load, 'application/x-www-form-urlencoded', `x-twilio-signature: ${signature}\r\n`, form)
  }
}

const HEAD_END = Buffer.from('\r\n\r\n')

/** Bytes of the first whole answer in the buffer, or 0 while it has not arrived. */
const answerLength = (buffer: Buffer): number => {
  const end = buffer.indexOf(HEAD_END)
  if (end < 0) return 0
  const length = /content-length: (\d+)/i.exec(buffer.subarray(0, end).toString('latin1'))?.[1]
  const total = end + HEAD_END.length + Number(length ?? 0)
  return buffer.length >= total ? total : 0
}

const client = (load: Load, until: number, times: number[], count: { refused: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    const next = requests(load)
    const accepted = Buffer.from(load.signed ? '200' : '201')
    const socket = net.connect(load.port, '127.0.0.1')
    let pending: Buffer = Buffer.alloc(0)
    let sentAt = 0
    const send = () => {
      const request = next()
      sentAt = performance.now()
      socket.write(request)
    }
    socket.setNoDelay(true)
    socket.once('connect', send)
    socket.once('error', reject)
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      const length = answerLength(pending)
      if (length === 0) return
      if (!pending.subarray(9, 12).equals(accepted)) count.refused += 1
      times.push(performance.now() - sentAt)
      pending = pending.subarray(length)
      if (performance.now() < until) return send()
      socket.destroy()
      resolve()
    })
  })

const run = async (load: Load): Promise<LoadResult> => {
  const times: number[] = []
  const count = { refused: 0 }
  const start = performance.now()
  const until = start + load.seconds * 1000
  await Promise.all(Array.from({ length: load.clients }, () => client(load, until, times, count)))
  return { answers: times.length, ...count, seconds: (performance.now() - start) / 1000, times }
}

if (parentPort) parentPort.postMessage(await run(workerData as Load))
else process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as Load)))
