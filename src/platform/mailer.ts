import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer'
import type { Clock } from '../core/clock.ts'
import { type DeliveryError, type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import type { Mail, Mailer } from '../core/mail.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Mailbox } from './mailbox.ts'

export interface MailerOptions {
  /** `smtp://` or `smtps://`; absent: mail goes to the local mailbox. */
  readonly url: string | undefined
  readonly mailbox: Mailbox
  /** `Name <local@domain>` or a bare address. */
  readonly from: string
  readonly clock: Clock
  readonly secrets: Secrets
}

interface Sender {
  readonly name: string
  readonly address: string
}

const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 } as const
const CONNECTIONS = 4

/** A header is one line: control characters, which could begin another header, become spaces. */
export const headerText = (text: string): string =>
  text
    .replace(/\p{Cc}+|[\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()

/** One plain addr-spec: no list, group, comment, route or quoted part that a server could read as a second recipient. */
const ONE_ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u

const parseSender = (from: string): Sender => {
  const [, name = '', address = from] = /^([^<]*)<([^>]+)>$/.exec(from) ?? []
  return { name: headerText(name), address }
}

/** What marks a mail as ours when it comes back by a redirection or inside a bounce: made from its id, so not to be guessed. */
export const loopMark = (secrets: Secrets, messageId: string): string => secrets.mac('mail-loop', messageId)

const bracketed = (id: string): string => `<${headerText(id).replace(/[<>\s]/g, '')}>`

const extraHeaders = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerText(value)]))

const messageOf = (mail: Mail, from: Sender, options: MailerOptions): SendMailOptions => {
  const messageId = bracketed(mail.messageId)
  const thread = (mail.thread ?? []).map(bracketed)
  const last = thread.at(-1)
  return {
    messageId,
    date: options.clock.now(),
    from: { name: from.name, address: from.address },
    to: { name: '', address: mail.to },
    envelope: { from: mail.automatic === undefined ? from.address : '', to: [mail.to] },
    subject: headerText(mail.subject),
    text: mail.text,
    ...(mail.html === undefined ? {} : { html: mail.html }),
    ...(mail.replyTo === undefined ? {} : { replyTo: { name: '', address: headerText(mail.replyTo) } }),
    ...(last === undefined ? {} : { inReplyTo: last, references: thread }),
    headers: {
      ...extraHeaders(mail.headers ?? {}),
      'X-Wasl-Loop': loopMark(options.secrets, messageId),
      ...(mail.language === undefined ? {} : { 'Content-Language': mail.language }),
      ...(mail.automatic === undefined
        ? {}
        : { 'Auto-Submitted': mail.automatic, 'X-Auto-Response-Suppress': 'All' }),
    },
    attachments: (mail.attachments ?? []).map(({ name, type, content }) => ({
      filename: headerText(name),
      contentType: headerText(type),
      content,
    })),
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** Steps of the dialogue where a 5xx speaks about this mail; at the greeting or the login it speaks about us. */
const ABOUT_THE_MAIL = new Set(['MAIL FROM', 'RCPT TO', 'DATA'])

/** A server's reply names the mailbox it speaks about, so only its numbers are kept. */
const describeRefusal = (error: unknown): DeliveryError => {
  const { code, command, response, responseCode } = error as {
    code?: unknown
    command?: string
    response?: string
    responseCode?: number
  }
  if (responseCode !== undefined) {
    const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/.exec(response ?? '')?.[1]
    return {
      code: `smtp_${responseCode}`,
      message: `The mail server answered ${responseCode}${enhanced ? ` ${enhanced}` : ''} to ${command ?? 'us'}.`,
      retryable: responseCode < 500 || !ABOUT_THE_MAIL.has(command ?? ''),
    }
  }
  const ours = code === 'EENVELOPE' || code === 'EMESSAGE'
  return {
    code: typeof code === 'string' ? `smtp_${code.toLowerCase().replace(/^e/, '')}` : 'smtp_failed',
    message: ours
      ? 'The mail server takes no such mail.'
      : 'The mail server could not be reached or fell silent.',
    retryable: !ours,
  }
}

const invalidAddress = failed({
  code: 'address_invalid',
  message: 'The address is not one plain e-mail address.',
  retryable: false,
})

const smtpTransport = (url: string): Transporter =>
  createTransport({
    pool: true,
    url,
    maxConnections: CONNECTIONS,
    // The outbox retries. The pool's own second try would send again what the server may have taken.
    maxRequeues: 0,
    ...TIMEOUTS,
  })

/** Sends by SMTP, or into the local mailbox where no server is configured. */
export const createMailer = (options: MailerOptions): Mailer => {
  const from = parseSender(options.from)
  const smtp = options.url === undefined ? undefined : smtpTransport(options.url)
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })

  const deliver = async (message: SendMailOptions, signal: AbortSignal): Promise<void> => {
    if (smtp !== undefined) {
      await smtp.sendMail({ ...message, signal })
      return
    }
    const { message: bytes, envelope } = await composer.sendMail(message)
    await options.mailbox.deliver(bytes as Buffer, envelope.from === false ? '' : envelope.from)
  }

  return {
    send: async (mail, signal): Promise<DeliveryResult> => {
      if (!ONE_ADDRESS.test(mail.to)) return invalidAddress
      const message = messageOf(mail, from, options)
      try {
        signal.throwIfAborted()
        await deliver(message, signal)
        return delivered(message.messageId)
      } catch (error) {
        return failed(describeRefusal(error))
      }
    },
    close: () => smtp?.close(),
  }
}
