import path from 'node:path'
import type { z } from 'zod'
import type { MailboxConfig, MailListenConfig } from '../channels/email/config.ts'
import type { ConfiguredNetwork } from '../channels/sms/network.ts'
import { NETWORKS } from '../channels/sms/networks.ts'
import { type TwilioConfig, twilioFrom } from '../channels/twilio-config.ts'
import { type VoiceConfig, voiceFrom } from '../channels/voice/config.ts'
import type { AuditConfig } from './core/audit-config.ts'
import type { ConfigProblem, KeyRule } from './core/config-key.ts'
import { type OidcConfig, oidcFrom } from './core/oidc-config.ts'
import { ALL_KEYS, KEYS } from './environment.ts'

/**
 * The one place that reads the environment: what is described in environment.ts becomes what the gateway is made with. A wrong value
 * stops the start with exit 3 and one line a problem: variable, value seen (never a secret's), value wanted.
 */
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

/** Where programs are looked for. */
export const searchPath = (): string => process.env['PATH'] ?? ''
