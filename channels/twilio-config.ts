import { z } from 'zod'
import type { ConfigProblem, KeyRule } from '../src/core/config-key.ts'

const E164 = /^\+[1-9]\d{6,14}$/
/** A number, a short code or a messaging service. No name: people could not answer it. */
const SENDER = /^\+[1-9]\d{6,14}$|^\d{3,8}$|^MG[0-9a-f]{32}$/
const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/
const COMMAS = /[\s,]+/

const words = z.string().transform((value) => value.split(COMMAS).filter((word) => word !== ''))

/** The telephone through Twilio. Absent as a whole: a gateway to try things on simulates it; another has no such channel. */
export const TWILIO_KEYS = {
  TWILIO_ACCOUNT_SID: {
    schema: z.string().regex(/^AC[0-9a-zA-Z]{4,64}$/),
    purpose: 'Telephone: account at Twilio',
    wanted: 'an account SID: AC and 32 hexadecimal digits',
    absent: 'the simulator on an embedded database, else off',
  },
  TWILIO_AUTH_TOKEN: {
    schema: words.refine((tokens) => tokens.length > 0),
    purpose: 'Telephone: token that webhooks are signed with; while rotating, the new one and the old one',
    wanted: 'a token, or several separated by commas',
    absent: 'none; required with TWILIO_ACCOUNT_SID',
    secret: true,
  },
  TWILIO_API_URL: {
    schema: z
      .string()
      .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))
      .transform((value) => value.replace(/\/+$/, '')),
    purpose: 'Telephone: base to which /2010-04-01/… is appended',
    wanted: 'an http(s) URL',
    absent: 'https://api.twilio.com',
  },
  TWILIO_MEDIA_HOSTS: {
    schema: words.refine((hosts) => hosts.every((host) => HOST.test(host))),
    purpose: 'Telephone: hosts that media and recordings may be fetched from, redirects too',
    wanted: 'host names, *.name for all below a name',
    example: 'api.twilio.com,*.twiliocdn.com',
    absent: "the API's host and Twilio's media network",
  },
  SMS_FROM: {
    schema: z.string().regex(SENDER),
    purpose: 'Telephone: sender of SMS when there is no number to answer from',
    wanted: 'a number as +212600000000, a short code or a messaging service',
    absent: 'off',
  },
  VOICE_FROM: {
    schema: z.string().regex(E164),
    purpose: 'Telephone: the hotline',
    wanted: 'a number as +212600000000',
    absent: 'off',
  },
  WHATSAPP_FROM: {
    schema: z
      .string()
      .transform((value) => value.replace(/^whatsapp:/, ''))
      .pipe(z.string().regex(E164)),
    purpose: 'Telephone: sender on WhatsApp',
    wanted: 'a number as +212600000000',
    absent: 'off',
  },
} as const satisfies Record<string, KeyRule>

type Values = { readonly [K in keyof typeof TWILIO_KEYS]?: z.output<(typeof TWILIO_KEYS)[K]['schema']> }

export interface TwilioConfig {
  readonly accountSid: string
  /** The first is the one our own calls use; a webhook may be signed with any. Never empty. */
  readonly authTokens: readonly string[]
  readonly apiUrl: string
  readonly mediaHosts: readonly string[]
  /** Absent: the channel answers from the number that was written to, and begins nothing itself. */
  readonly smsFrom: string | undefined
  readonly voiceFrom: string | undefined
  /** Without the `whatsapp:` that Twilio writes before it. */
  readonly whatsappFrom: string | undefined
}

const API = 'https://api.twilio.com'
/** Where Twilio's media resources redirect to. */
const MEDIA_CDN = ['mms.twiliocdn.com', 'media.twiliocdn.com', 's3-external-1.amazonaws.com']

/** Account without token would take unsigned webhooks for real (P62); a token without account is a slip. */
const missingHalf = (values: Values): 'TWILIO_ACCOUNT_SID' | 'TWILIO_AUTH_TOKEN' | undefined => {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: tokens } = values
  if (sid !== undefined && tokens === undefined) return 'TWILIO_AUTH_TOKEN'
  return sid === undefined && tokens !== undefined ? 'TWILIO_ACCOUNT_SID' : undefined
}

/** What the values say of Twilio: undefined when it is not configured. A half of it is a problem that stops the start. */
export const twilioFrom = (values: Values, problems: ConfigProblem[]): TwilioConfig | undefined => {
  const missing = missingHalf(values)
  if (missing !== undefined && !problems.some(({ variable }) => variable === missing))
    problems.push({ variable: missing, seen: 'nothing', wanted: TWILIO_KEYS[missing].wanted })
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authTokens } = values
  if (accountSid === undefined || authTokens === undefined) return undefined
  const apiUrl = values.TWILIO_API_URL ?? API
  return {
    accountSid,
    authTokens,
    apiUrl,
    mediaHosts: values.TWILIO_MEDIA_HOSTS ?? [new URL(apiUrl).host, ...MEDIA_CDN],
    smsFrom: values.SMS_FROM,
    voiceFrom: values.VOICE_FROM,
    whatsappFrom: values.WHATSAPP_FROM,
  }
}
