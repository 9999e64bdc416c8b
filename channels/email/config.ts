import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { KeyRule } from '../../src/core/config-key.ts'

const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** A mailbox to read by IMAP. */
export interface MailboxConfig {
  /** A digest of account and folder: names the mailbox in the database without its address. */
  readonly id: string
  /** Server and folder, for logs and pages. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** TLS from the first byte; without it STARTTLS is required, but on this machine itself. */
  readonly tls: boolean
  readonly user: string
  readonly password: string
  readonly folder: string
  /** Where mail goes once it is on record; absent: it stays, flagged. */
  readonly doneFolder: string | undefined
  /** The address whose mail comes here, where it can be told. */
  readonly address: string | undefined
}

const PORTS: Readonly<Record<string, number>> = { 'imap:': 143, 'imaps:': 993 }
const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/

const mailboxOf = (text: string): MailboxConfig | undefined => {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const standard = PORTS[url.protocol]
  const [user, password, folder] = [url.username, url.password, url.pathname.slice(1)].map(decoded)
  if (
    standard === undefined ||
    url.hostname === '' ||
    !user ||
    password === undefined ||
    folder === undefined
  )
    return undefined
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? standard : Number(url.port)
  const path = folder === '' ? 'INBOX' : folder
  const address = url.searchParams.get('address') ?? user
  return {
    id: createHash('sha256')
      .update(JSON.stringify([host, port, user, path]))
      .digest('hex')
      .slice(0, 32),
    name: `${host}/${path}`,
    host,
    port,
    tls: url.protocol === 'imaps:',
    user,
    password,
    folder: path,
    doneFolder: url.searchParams.get('done') ?? undefined,
    address: ADDRESS.test(address) ? address : undefined,
  }
}

/** Where mail is taken from other servers. */
export interface MailListenConfig {
  readonly protocol: 'lmtp' | 'smtp'
  readonly host: string
  readonly port: number
}

const listenOf = (text: string): MailListenConfig | undefined => {
  const [, protocol = 'lmtp', bracketed, plain, port] =
    /^(?:(lmtp|smtp):\/\/)?(?:\[([0-9a-f:.]+)\]|([^\s/:@[\]]+)):(\d{1,5})$/i.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined || Number(port) > 65_535) return undefined
  return { protocol: protocol.toLowerCase() === 'smtp' ? 'smtp' : 'lmtp', host, port: Number(port) }
}

/** Undefined when one of them is no mailbox, or two are the same. */
const mailboxesOf = (text: string): readonly MailboxConfig[] | undefined => {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const found = words.map(mailboxOf).filter((mailbox) => mailbox !== undefined)
  return new Set(found.map(({ id }) => id)).size === words.length ? found : undefined
}

/** The two ways by which mail comes in. */
export const MAIL_KEYS = {
  IMAP_URL: {
    schema: z.string().transform((value, context) => {
      const found = mailboxesOf(value)
      if (found !== undefined) return found
      context.addIssue({ code: 'custom' })
      return z.NEVER
    }),
    purpose:
      'Mailboxes to read. `?done=Folder` has mail moved there once it is on record, `?address=` names the address of the mailbox where the user is not one',
    wanted: 'imaps://user:password@host/INBOX, several separated by spaces, the user percent-encoded',
    example: 'imaps://plaintes%40wasl.example:password@mail.example/INBOX',
    absent: 'off; with LMTP_LISTEN absent too, an embedded gateway listens for SMTP on its own machine',
    secret: true,
  },
  LMTP_LISTEN: {
    schema: z.string().transform((value, context) => {
      const found = listenOf(value)
      if (found !== undefined) return found
      context.addIssue({ code: 'custom' })
      return z.NEVER
    }),
    purpose:
      'Mail delivered by the mail server itself, by LMTP or (smtp://) SMTP. Whoever reaches the port may deliver: open it to that server alone',
    wanted: 'host:port, lmtp://host:port or smtp://host:port',
    example: '127.0.0.1:2424',
    absent: 'off',
  },
} as const satisfies Record<string, KeyRule>
