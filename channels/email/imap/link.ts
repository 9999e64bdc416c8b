import { ImapFlow } from 'imapflow'
import { LIMITS } from '../../../src/core/limits.ts'
import type { MailboxConfig } from '../config.ts'

/** A server that has not answered a command by then is gone, whatever the socket believes. */
const ANSWER_MS = 30_000
/** IDLE is broken off this often to ask for an answer: a dead connection looks like a quiet mailbox. */
const QUIET_MS = 30_000
/** And this often while some mail waits to be asked for again. */
const SOON_MS = 5_000
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/
/** Set on what is on record where the mailbox takes keywords; for people who look into it. */
export const FILED_FLAG = '$WaslFiled'

const MB = 1024 * 1024

const clientOf = ({ host, port, tls, user, password }: MailboxConfig): ImapFlow =>
  new ImapFlow({
    host,
    port,
    secure: tls,
    // A password in clear never leaves this machine.
    ...(tls ? {} : { doSTARTTLS: !LOOPBACK.test(host) }),
    auth: { user, pass: password },
    // Its log lines carry addresses and subjects.
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: 2 * ANSWER_MS,
    // The library's own limits of a gigabyte would let a server take the process down.
    maxLiteralSize: LIMITS.mailBytes + MB,
    maxLineLength: 8 * MB,
    maxResponseSize: LIMITS.mailBytes + 2 * MB,
  })

/** A connection with one mailbox open; every command of it ends in time, or the connection does. */
export interface Link {
  readonly client: ImapFlow
  readonly uidValidity: bigint
  /** Whether the mailbox keeps our keyword. */
  readonly keepsKeywords: boolean
  readonly readOnly: boolean
  /** The answer to a command; a server that does not give it in time is hung up on. */
  readonly ask: <T>(command: () => Promise<T>) => Promise<T>
  /** Resolves when mail may have come, at the latest after half a minute, or soon, with proof that the server is there. */
  readonly waitForNews: (isSoon: boolean) => Promise<void>
  readonly close: () => Promise<void>
}

const late = (): Error =>
  Object.assign(new Error('The mail server did not answer in time'), { code: 'ETIMEDOUT' })

const gone = (): Error => Object.assign(new Error('The mail server hung up'), { code: 'HUNG_UP' })

/** On a lost connection the library answers some commands with nothing, as if there were no such mail. */
const askerOf =
  (client: ImapFlow): Link['ask'] =>
  async (command) => {
    const { promise: expired, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      client.close()
      reject(late())
    }, ANSWER_MS)
    try {
      const answer = await Promise.race([command(), expired])
      if (!client.usable) throw gone()
      return answer
    } finally {
      clearTimeout(timer)
    }
  }

/** Remembers news that come while nobody waits for them. */
const listenForNews = (client: ImapFlow, signal: AbortSignal) => {
  let isNew = false
  let wake = () => {}
  const hear = () => {
    isNew = true
    wake()
  }
  client.on('exists', hear)
  client.on('close', hear)
  signal.addEventListener('abort', hear, { once: true })
  return async (milliseconds: number): Promise<void> => {
    if (!isNew)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    isNew = false
  }
}

/** The folder for mail on record is made when it is not there. */
const prepareFolder = async (client: ImapFlow, folder: string | undefined): Promise<void> => {
  if (folder !== undefined) await client.mailboxCreate(folder)
}

/** Connects, signs in and opens the mailbox. Throws what keeps it from that; an abort hangs up. */
export const openLink = async (mailbox: MailboxConfig, signal: AbortSignal): Promise<Link> => {
  signal.throwIfAborted()
  const client = clientOf(mailbox)
  const failure: { reason?: unknown } = {}
  // Without a listener an error of the socket would end the process. The commands under way reject by themselves.
  client.on('error', (reason: unknown) => {
    failure.reason ??= reason
  })
  const hangUp = () => client.close()
  signal.addEventListener('abort', hangUp, { once: true })
  const ask = askerOf(client)
  const news = listenForNews(client, signal)
  try {
    await ask(() => client.connect())
    await ask(() => prepareFolder(client, mailbox.doneFolder))
    const opened = await ask(() => client.mailboxOpen(mailbox.folder))
    return {
      client,
      uidValidity: opened.uidValidity,
      keepsKeywords: opened.permanentFlags?.has('\\*') ?? false,
      readOnly: opened.readOnly ?? false,
      ask,
      waitForNews: async (isSoon) => {
        // Ends when the next command breaks it off, which is the question below.
        client.idle().catch(() => {})
        await news(isSoon ? SOON_MS : QUIET_MS)
        signal.throwIfAborted()
        if (failure.reason !== undefined) throw failure.reason
        await ask(() => client.noop())
      },
      close: async () => {
        signal.removeEventListener('abort', hangUp)
        await Promise.race([
          client.logout().catch(() => {}),
          new Promise((end) => setTimeout(end, 1_000).unref()),
        ])
        client.close()
      },
    }
  } catch (error) {
    signal.removeEventListener('abort', hangUp)
    client.close()
    throw failure.reason ?? error
  }
}
