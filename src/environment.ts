import { isIP } from 'node:net'
import { z } from 'zod'
import { MAIL_KEYS } from '../channels/email/config.ts'
import { NETWORKS } from '../channels/sms/networks.ts'
import { TEMPLATE_KEYS } from '../channels/sms/templates-config.ts'
import { TWILIO_KEYS } from '../channels/twilio-config.ts'
import { VOICE_KEYS } from '../channels/voice/config.ts'
import { AUDIT_KEYS } from './core/audit-config.ts'
import type { KeyRule } from './core/config-key.ts'
import { OIDC_KEYS } from './core/oidc-config.ts'

const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol))

const words = (separator: RegExp) =>
  z.string().transform((value) => value.split(separator).filter((word) => word !== ''))

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')

const isNetwork = (value: string): boolean => {
  const [address = '', bits] = value.split('/')
  const family = isIP(address)
  return (
    family !== 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
  )
}
const networks = words(/[\s,]+/).refine((list) => list.every(isNetwork))
const zone = z.string().refine((value) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined
  } catch {
    return false
  }
})

/** Every variable but those that the networks bring; `.env.example` is generated from it. */
export const KEYS = {
  HOST: {
    schema: z.string().min(1),
    purpose: 'Listen address',
    wanted: 'an address or host name',
    absent: '127.0.0.1',
  },
  PORT: {
    schema: z.coerce.number().int().min(0).max(65535),
    purpose: 'Listen port',
    wanted: 'a number from 0 to 65535',
    absent: '8080',
  },
  PUBLIC_URL: {
    schema: url('http:', 'https:').transform((value) => value.replace(/\/+$/, '')),
    purpose:
      'Public base URL: the only source for links and for the URL that webhook signatures are checked over',
    wanted: 'an http(s) URL',
    example: 'https://wasl.example',
    absent: 'http://HOST:PORT',
  },
  DATA_DIR: {
    schema: z.string().min(1),
    purpose: 'Embedded database, objects, uploads, spool',
    wanted: 'a folder that can be written',
    absent: './data',
  },
  DATABASE_URL: {
    schema: url('postgres:', 'postgresql:'),
    purpose: 'PostgreSQL 15 or newer',
    wanted: 'a postgres:// URL',
    example: 'postgres://wasl:password@127.0.0.1:5432/wasl',
    absent: 'embedded PostgreSQL under DATA_DIR',
    secret: true,
  },
  S3_ENDPOINT: {
    schema: url('http:', 'https:'),
    purpose: 'Object store: endpoint',
    wanted: 'an http(s) URL',
    absent: 'files under DATA_DIR',
  },
  S3_REGION: {
    schema: z.string().min(1),
    purpose: 'Object store: region',
    wanted: 'a region name',
    absent: 'us-east-1',
  },
  S3_BUCKET: {
    schema: z.string().min(1),
    purpose: 'Object store: bucket',
    wanted: 'a bucket name',
    absent: 'off',
  },
  S3_ACCESS_KEY_ID: {
    schema: z.string().min(1),
    purpose: 'Object store: key id',
    wanted: 'a key id',
    absent: 'off',
    secret: true,
  },
  S3_SECRET_ACCESS_KEY: {
    schema: z.string().min(1),
    purpose: 'Object store: key',
    wanted: 'a key',
    absent: 'off',
    secret: true,
  },
  S3_FORCE_PATH_STYLE: {
    schema: flag,
    purpose: 'Object store: bucket in the path',
    wanted: 'true or false',
    absent: 'false',
  },
  SMTP_URL: {
    schema: url('smtp:', 'smtps:'),
    purpose: 'Outgoing mail',
    wanted: 'an smtp:// or smtps:// URL',
    example: 'smtps://user:password@mail.example:465',
    absent: 'the local mailbox page',
    secret: true,
  },
  MAIL_FROM: {
    schema: z.string().regex(/^[^\s@<>]+@[^\s@<>]+$|^[^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>$/),
    purpose: 'Sender of outgoing mail',
    wanted: 'an e-mail address',
    example: 'Wasl <plaintes@wasl.example>',
    absent: 'Wasl <plaintes@wasl.localhost>',
  },
  MAIL_AUTHSERV_ID: {
    schema: z.string().regex(/^[A-Za-z0-9._-]{1,253}$/),
    purpose:
      'Name of the mail server whose Authentication-Results count; it must remove those that come in under its name (RFC 8601)',
    wanted: 'the authserv-id the server writes',
    example: 'mx.wasl.example',
    absent: 'none: From is proof of nothing by itself',
  },
  MAIL_VERIFY: {
    schema: flag,
    purpose:
      'Verify senders by DNS (DKIM, DMARC; SPF where the topmost Received is of MAIL_AUTHSERV_ID) when no Authentication-Results count',
    wanted: 'true or false',
    absent: 'false',
  },
  ...MAIL_KEYS,
  ...TWILIO_KEYS,
  ...OIDC_KEYS,
  ...AUDIT_KEYS,
  ...VOICE_KEYS,
  ...TEMPLATE_KEYS,
  FFMPEG_PATH: {
    schema: z.string().min(1),
    purpose: 'ffmpeg',
    wanted: 'a path to a program',
    absent: 'on PATH, else the bundled build',
  },
  FFPROBE_PATH: {
    schema: z.string().min(1),
    purpose: 'ffprobe',
    wanted: 'a path to a program',
    absent: 'on PATH, else the bundled build',
  },
  CLAMD_URL: {
    schema: url('tcp:'),
    purpose: 'Malware scanner',
    wanted: 'tcp://host:port',
    example: 'tcp://127.0.0.1:3310',
    absent: 'off',
  },
  TRANSCRIBE_URL: {
    schema: url('http:', 'https:'),
    purpose: 'OpenAI-compatible speech to text: base to which /v1/audio/transcriptions is appended',
    wanted: 'an http(s) URL',
    absent: 'off',
  },
  TRANSCRIBE_TOKEN: {
    schema: z.string().min(1),
    purpose: 'Bearer token of TRANSCRIBE_URL',
    wanted: 'a token',
    absent: 'none',
    secret: true,
  },
  SECRET_KEY: {
    schema: z.string().min(32),
    purpose: "Signs receipts, links and sessions; seals the bodies' secrets",
    wanted: 'at least 32 characters',
    absent: 'generated under DATA_DIR when embedded; required beside DATABASE_URL',
    secret: true,
  },
  TRUSTED_PROXIES: {
    schema: networks,
    purpose: 'Addresses whose forwarded headers count',
    wanted: 'addresses or networks',
    example: '10.0.0.0/8',
    absent: 'none',
  },
  OUTBOUND_ALLOW: {
    schema: networks,
    purpose: 'Private networks that outbound calls may reach',
    wanted: 'addresses or networks',
    example: '127.0.0.0/8',
    absent: 'none',
  },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    purpose: 'Log level',
    wanted: 'fatal, error, warn, info, debug, trace or silent',
    absent: 'info',
  },
  TZ_OFFICE: {
    schema: zone,
    purpose: 'Time zone of the offices: legal dates are its dates',
    wanted: 'an IANA zone',
    absent: 'Africa/Casablanca',
  },
} as const satisfies Record<string, KeyRule>

/** With those that the networks bring. */
export const ALL_KEYS: Readonly<Record<string, KeyRule>> = Object.assign(
  {},
  KEYS,
  ...NETWORKS.map(({ keys }) => keys),
)

const exampleLines = ([name, rule]: [string, KeyRule]): string =>
  [
    `# ${rule.purpose}.${rule.secret ? ' Secret.' : ''}`,
    `# Wanted: ${rule.wanted}. Absent: ${rule.absent}.`,
    `#${name}=${rule.example ?? ''}`,
  ].join('\n')

/** The text of `.env.example`: every variable with purpose, form, default and whether it is secret. */
export const exampleEnvironment = (): string => `${Object.entries(ALL_KEYS).map(exampleLines).join('\n\n')}\n`
