import net from 'node:net'

/** What a server said to the end of one message: its code and text, or undefined when the connection broke first. */
export interface Word {
  readonly code: number
  readonly text: string
}

const reader = (socket: net.Socket) => {
  let pending = ''
  let ended = false
  const waiting: (() => void)[] = []
  const wake = () => {
    for (const each of waiting.splice(0)) each()
  }
  socket.on('data', (chunk: Buffer) => {
    pending += chunk.toString()
    wake()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = true
    wake()
  })
  /** The next whole reply. */
  return async (): Promise<Word> => {
    for (;;) {
      const [whole = '', code = '', text = ''] = /^(?:\d{3}-.*\r\n)*(\d{3}) (.*)\r\n/.exec(pending) ?? []
      if (whole !== '') {
        pending = pending.slice(whole.length)
        return { code: Number(code), text: `${whole.replace(/\r\n/g, '\n')}`.trim() || text }
      }
      if (ended) throw new Error('the connection ended')
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
}

export interface Delivery {
  readonly port: number
  readonly protocol?: 'lmtp' | 'smtp'
  readonly from: string
  readonly to: readonly string[]
  readonly raw: Buffer | string
  /** The SIZE parameter of MAIL FROM. */
  readonly declare?: number
  /** Called when the last byte is on its way. */
  readonly onSent?: () => void
  /** Hangs up after so many characters of the message. */
  readonly cutAfter?: number
}

/** One message by LMTP or SMTP, letter for letter. Gives the last word of each recipient; throws when the connection breaks. */
export const deliver = async (delivery: Delivery): Promise<readonly Word[]> => {
  const { port, protocol = 'lmtp', from, to, raw, declare } = delivery
  const socket = net.connect(port, '127.0.0.1')
  const next = reader(socket)
  const say = (line: string): Promise<Word> => {
    socket.write(`${line}\r\n`)
    return next()
  }
  try {
    const greeting = await next()
    if (greeting.code !== 220) throw new Error(`the server said ${greeting.text}`)
    await say(protocol === 'lmtp' ? 'LHLO test' : 'EHLO test')
    const mail = await say(`MAIL FROM:<${from}>${declare === undefined ? '' : ` SIZE=${declare}`}`)
    if (mail.code !== 250) return [mail]
    for (const each of to) {
      const rcpt = await say(`RCPT TO:<${each}>`)
      if (rcpt.code !== 250) return [rcpt]
    }
    await say('DATA')
    const text = Buffer.isBuffer(raw) ? raw.toString('latin1') : Buffer.from(raw).toString('latin1')
    const lines = text.replace(/^\./gm, '..')
    if (delivery.cutAfter !== undefined) {
      socket.end(lines.slice(0, delivery.cutAfter))
      await next()
    }
    socket.write(
      Buffer.from(`${lines}${lines.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1'),
      delivery.onSent,
    )
    const words: Word[] = []
    for (const _ of protocol === 'lmtp' ? to : [0]) words.push(await next())
    return words
  } finally {
    socket.destroy()
  }
}

/** The reply to the greeting command: what the server says it can do. */
export const capabilities = async (port: number, hello: string): Promise<string> => {
  const socket = net.connect(port, '127.0.0.1')
  const next = reader(socket)
  try {
    await next()
    socket.write(`${hello}\r\n`)
    return (await next()).text
  } finally {
    socket.destroy()
  }
}

/** Everything a server says to what is sent in one piece, until it hangs up. */
export const conversation = (port: number, words: string): Promise<string> =>
  new Promise((resolve) => {
    let said = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.once('data', () => socket.write(words)))
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(said))
  })
