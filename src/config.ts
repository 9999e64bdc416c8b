import { isIP } from 'node:net'
import path from 'node:path'
import { z } from 'zod'
import { MAIL_KEYS, type MailboxConfig, type MailListenConfig } from '../channels/email/config.ts'
import type { ConfiguredNetwork } from '../channels/sms/network.ts'
import { NETWORKS } from '../channels/sms/networks.ts'
import { TEMPLATE_KEYS } from '../channels/sms/templates-config.ts'
import { TWILIO_KEYS, type TwilioConfig, twilioFrom } from '../channels/twilio-config.ts'
import { VOICE_KEYS, type VoiceConfig, voiceFrom } from '../channels/voice/config.ts'
import { AUDIT_KEYS, type AuditConfig } from './core/audit-config.ts'
import type { ConfigProblem, KeyRule } from './core/config-key.ts'
import { OIDC_KEYS, type OidcConfig, oidcFrom } from './core/oidc-config.ts'

/**
 * The one place that reads the environment. Each key is described here; `.env.example` is generated from this file and
 * a wrong value stops the start with exit 3 and one line a problem: variable, value seen (never a secret's), value wanted.
 */
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
const ALL_KEYS: Readonly<Record<string, KeyRule>> = Object.assign(
  {},
  KEYS,
  ...NETWORKS.map(({ keys }) => keys),
)

type Key = keyof typeof KEYS
type Values = { readonly [K in Key]?: z.output<(typeof KEYS)[K]['schema']> }

export interface Config {
  readonly http: {
    readonly host: string
    readonly port: number
    readonly publicUrl: string
    readonly trustedProxies: readonly string[]
  }
  readonly dataDir: string
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined
  /** Absent: files under dataDir. */
  readonly s3: S3Config | undefined
  /** `url` absent: the local mailbox. */
  readonly mail: {
    readonly url: string | undefined
    readonly from: string
    /** The one host whose Authentication-Results count. */
    readonly authservId: string | undefined
    /** Whether senders are verified by DNS where that host said nothing. */
    readonly verify: boolean
    /** Mailboxes to read. */
    readonly mailboxes: readonly MailboxConfig[]
    /** Absent: an embedded gateway without mailboxes listens on its own machine; another one does not. */
    readonly listen: MailListenConfig | undefined
  }
  /** Absent: the simulator, in a gateway on its own database; else no telephone. */
  readonly twilio: TwilioConfig | undefined
  readonly voice: VoiceConfig
  /** Providers of short messages beside Twilio. */
  readonly textNetworks: readonly ConfiguredNetwork[]
  /** Approved WhatsApp templates by `notice.language`. */
  readonly whatsappTemplates: ReadonlyMap<string, string>
  readonly media: {
    readonly ffmpegPath: string | undefined
    readonly ffprobePath: string | undefined
    readonly bundledToolsAllowed: boolean
    /** PATH: the folders where the tools are looked for. */
    readonly searchPath: string
  }
  readonly clamdUrl: string | undefined
  readonly transcribe: { readonly url: string; readonly token: string | undefined } | undefined
  /** Absent: generated under dataDir by the composition root. */
  readonly secretKey: string | undefined
  /** Absent: staff sign in by password and second factor alone. */
  readonly oidc: OidcConfig | undefined
  readonly audit: AuditConfig
  readonly outboundAllow: readonly string[]
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly officeZone: string
}

export interface S3Config {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly forcePathStyle: boolean
}

/** Holds every problem at once: a person mends them in one go. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]
  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map((p) => `${p.variable}: seen ${p.seen}, wanted ${p.wanted}`).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

const show = (rule: KeyRule, value: string): string => (rule.secret ? '(hidden)' : JSON.stringify(value))

const parseKeys = (env: NodeJS.ProcessEnv, problems: ConfigProblem[]): Values => {
  const values: Record<string, unknown> = {}
  for (const [name, rule] of Object.entries(ALL_KEYS)) {
    const raw = env[name]
    if (raw === undefined || raw === '') continue
    const parsed = rule.schema.safeParse(raw)
    if (parsed.success) values[name] = parsed.data
    else problems.push({ variable: name, seen: show(rule, raw), wanted: rule.wanted })
  }
  return values
}

const S3_REQUIRED = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const

const s3From = (values: Values, problems: ConfigProblem[]): S3Config | undefined => {
  if (S3_REQUIRED.every((name) => values[name] === undefined)) return undefined
  for (const name of S3_REQUIRED)
    if (values[name] === undefined)
      problems.push({ variable: name, seen: 'nothing', wanted: KEYS[name].wanted })
  return {
    endpoint: values.S3_ENDPOINT ?? '',
    region: values.S3_REGION ?? 'us-east-1',
    bucket: values.S3_BUCKET ?? '',
    accessKeyId: values.S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: values.S3_SECRET_ACCESS_KEY ?? '',
    forcePathStyle: values.S3_FORCE_PATH_STYLE ?? false,
  }
}

const publicUrlOf = (values: Values, host: string, port: number): string =>
  values.PUBLIC_URL ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** A generated key lies beside the embedded database; a real one has processes on several machines. */
const requireSecret = (values: Values, problems: ConfigProblem[]): void => {
  if (
    values.DATABASE_URL !== undefined &&
    values.SECRET_KEY === undefined &&
    !problems.some((p) => p.variable === 'SECRET_KEY')
  )
    problems.push({
      variable: 'SECRET_KEY',
      seen: 'nothing',
      wanted: `${KEYS.SECRET_KEY.wanted}, because DATABASE_URL is set`,
    })
}

const mailFrom = (values: Values): Config['mail'] => ({
  url: values.SMTP_URL,
  from: values.MAIL_FROM ?? 'Wasl <plaintes@wasl.localhost>',
  authservId: values.MAIL_AUTHSERV_ID,
  verify: values.MAIL_VERIFY ?? false,
  mailboxes: values.IMAP_URL ?? [],
  listen: values.LMTP_LISTEN,
})

/**
 * Reads and checks the environment. Gives a frozen Config; throws ConfigError with every problem found.
 */
export const readConfig = (env: NodeJS.ProcessEnv = process.env): Config => {
  const problems: ConfigProblem[] = []
  const values = parseKeys(env, problems)
  const s3 = s3From(values, problems)
  const twilio = twilioFrom(values, problems)
  const textNetworks = NETWORKS.flatMap((network) => network.configure(values, problems) ?? [])
  const oidc = oidcFrom(values, problems)
  requireSecret(values, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  const host = values.HOST ?? '127.0.0.1'
  const port = values.PORT ?? 8080
  return Object.freeze({
    http: {
      host,
      port,
      publicUrl: publicUrlOf(values, host, port),
      trustedProxies: values.TRUSTED_PROXIES ?? [],
    },
    dataDir: path.resolve(values.DATA_DIR ?? './data'),
    databaseUrl: values.DATABASE_URL,
    s3,
    mail: mailFrom(values),
    twilio,
    voice: voiceFrom(values),
    textNetworks,
    whatsappTemplates: values.WHATSAPP_TEMPLATES ?? new Map(),
    media: {
      ffmpegPath: values.FFMPEG_PATH,
      ffprobePath: values.FFPROBE_PATH,
      bundledToolsAllowed:
        values.DATABASE_URL === undefined &&
        s3 === undefined &&
        values.SMTP_URL === undefined &&
        values.IMAP_URL === undefined &&
        values.LMTP_LISTEN === undefined &&
        twilio === undefined &&
        textNetworks.length === 0,
      searchPath: env['PATH'] ?? '',
    },
    clamdUrl: values.CLAMD_URL,
    transcribe:
      values.TRANSCRIBE_URL === undefined
        ? undefined
        : { url: values.TRANSCRIBE_URL, token: values.TRANSCRIBE_TOKEN },
    secretKey: values.SECRET_KEY,
    oidc,
    audit: { anchorTo: values.AUDIT_ANCHOR_TO, anchorFile: values.AUDIT_ANCHOR_FILE },
    outboundAllow: values.OUTBOUND_ALLOW ?? [],
    logLevel: values.LOG_LEVEL ?? 'info',
    officeZone: values.TZ_OFFICE ?? 'Africa/Casablanca',
  })
}

const exampleLines = ([name, rule]: [string, KeyRule]): string =>
  [
    `# ${rule.purpose}.${rule.secret ? ' Secret.' : ''}`,
    `# Wanted: ${rule.wanted}. Absent: ${rule.absent}.`,
    `#${name}=${rule.example ?? ''}`,
  ].join('\n')

/** The text of `.env.example`: every variable with purpose, form, default and whether it is secret. */
export const exampleEnvironment = (): string => `${Object.entries(ALL_KEYS).map(exampleLines).join('\n\n')}\n`

/** Where programs are looked for. */
export const searchPath = (): string => process.env['PATH'] ?? ''
