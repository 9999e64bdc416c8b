import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { LIMITS } from '../../../src/core/limits.ts'
import type { MailListenConfig } from '../config.ts'
import type { MailDoor } from '../record-mail.ts'

export interface MailListenerDeps {
  readonly record: MailDoor
  readonly note: (event: MailListenerEvent) => void
}

export interface MailListenerEvent {
  readonly event: 'mail_door.taken' | 'mail_door.not_taken' | 'mail_door.failed'
  readonly repeat?: boolean
  readonly reason?: unknown
}

export interface MailListener {
  /** Where it listens, as people write it. */
  readonly address: string
  /** Takes no more connections; what is being delivered is ended first, for as long as the grace lasts. */
  close(): Promise<void>
}

/** Senders that are served at once; more hear 421 and come again. */
const CONNECTIONS = 64
/** A sender that says nothing for so long is gone. RFC 5321 asks for minutes: its blocks of data may be slow. */
const SILENCE_MS = 3 * 60_000
/** One message, from its first byte to our word: what senders wait for the latter alone (RFC 5321, 4.5.3.2.6). */
const PATIENCE_MS = 10 * 60_000
/** Recipients of one message; the envelope is held in memory (RFC 5321 asks for a hundred). */
const RECIPIENTS = 100
/** Deliveries under way when the gateway stops; with requests and work it must end within 30 s. */
const CLOSE_GRACE_MS = 5_000
/** One line of the dialogue; those of the message are as long as they like. */
const COMMAND_BYTES = 4_096

const reply = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode })

/** For the sender's queue: the message stays there and comes again. */
const LATER = reply(451, '4.3.0 The message could not be made durable now, try again')
const TOO_LARGE = reply(552, `5.3.4 The message is larger than ${LIMITS.mailBytes} bytes`)

/** An address of the envelope as a header may carry it: nothing that ends a line or a bracket. */
const inHeader = (address: string): string => address.replace(/[\p{Cc}<>\s]/gu, '').slice(0, 1_000)

/** What only the envelope says: who the message came from, and for which of our addresses (RFC 5321, 4.4). */
const aboveOf = ({ envelope }: SMTPServerSession): string => {
  const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
  const recipients = envelope.rcptTo.map(({ address }) => `Delivered-To: ${inHeader(address)}\r\n`)
  return `Return-Path: <${inHeader(from)}>\r\n${recipients.join('')}`
}

/** The message without ending its stream early: what is not wanted is still read, so that the reply comes in its place. */
async function* readingOf(stream: SMTPServerDataStream): AsyncGenerator<Buffer> {
  yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
}

const take = async (
  { record, note }: MailListenerDeps,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<void> => {
  const done = await record({
    body: readingOf(stream),
    above: aboveOf(session),
    maxBytes: LIMITS.mailBytes,
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (!done.ok) throw TOO_LARGE
  note({ event: 'mail_door.taken', repeat: done.repeat })
}

const serverOf = (deps: MailListenerDeps, { protocol }: Pick<MailListenConfig, 'protocol'>): SMTPServer =>
  new SMTPServer({
    lmtp: protocol === 'lmtp',
    name: 'wasl',
    banner: '',
    logger: false,
    // The server in front is trusted by the address it comes from; there is nothing to sign in to.
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    useProxy: false,
    useXClient: false,
    useXForward: false,
    size: LIMITS.mailBytes,
    maxRecipients: RECIPIENTS,
    maxClients: CONNECTIONS,
    socketTimeout: SILENCE_MS,
    closeTimeout: CLOSE_GRACE_MS,
    maxCommandLength: COMMAND_BYTES,
    onData: (stream, session, answer) => {
      take(deps, stream, session).then(
        () => answer(null, '2.0.0 On record'),
        (reason: unknown) => {
          stream.resume()
          if (reason !== TOO_LARGE) deps.note({ event: 'mail_door.not_taken', reason })
          answer(reason === TOO_LARGE ? TOO_LARGE : LATER)
        },
      )
    },
  })

const listening = (
  server: SMTPServer,
  { host, port }: Pick<MailListenConfig, 'host' | 'port'>,
): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve((server.server.address() as AddressInfo).port)
    })
  })

/**
 * Takes mail by LMTP or SMTP. "250" means that the message is in the store and its event in the database; when either is away
 * the sender hears 451 and keeps it. Throws what keeps it from listening.
 */
export const listenForMail = async (
  deps: MailListenerDeps,
  config: MailListenConfig,
): Promise<MailListener> => {
  const server = serverOf(deps, config)
  const port = await listening(server, config)
  // A sender that hangs up in the middle is an error of one connection, and its own loss.
  server.on('error', (reason: unknown) => deps.note({ event: 'mail_door.failed', reason }))
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return {
    address: `${config.protocol}://${host}:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
