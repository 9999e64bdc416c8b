import { createHash, timingSafeEqual } from 'node:crypto'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import type { HttpReply, HttpRequest } from '../src/core/channel.ts'

/** Fields of a form as they were signed: untrimmed, unknown and empty ones too, a repeated one as a list. */
export type FormFields = Readonly<Record<string, string | string[]>>

export interface SignedCall {
  /** Any of them may have signed: two while they are being rotated. */
  readonly authTokens: readonly string[]
  /** The URL that Twilio was told, up to the path: never the request's own host. */
  readonly publicUrl: string
  /** Path and query as received. */
  readonly url: string
  readonly params: FormFields
  /** `X-Twilio-Signature`. */
  readonly header: string | undefined
}

/** Reads a form body. Keys such as `__proto__` are fields like others. */
export const readForm = (body: Buffer): FormFields => {
  const fields: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    const before = fields[name]
    if (before === undefined) fields[name] = value
    else fields[name] = Array.isArray(before) ? [...before, value] : [before, value]
  }
  return fields
}

/** The first value of a field, or the empty text. */
export const field = (fields: FormFields, name: string): string => {
  const value = fields[name]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

/** Whether one of the tokens signed this URL with these fields. */
export const checkTwilioSignature = ({ authTokens, publicUrl, url, params, header }: SignedCall): boolean =>
  header !== undefined &&
  URL.canParse(`${publicUrl}${url}`) &&
  authTokens.some((token) => validateRequest(token, header, `${publicUrl}${url}`, params))

const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i

/** A body that is no form is signed by its SHA-256 in the signed URL's query. */
const hasSignedHash = (url: string, body: Buffer): boolean => {
  const wanted = Buffer.from(new URL(url, 'http://wasl.invalid').searchParams.get('bodySHA256') ?? '')
  const seen = Buffer.from(createHash('sha256').update(body).digest('hex'))
  return wanted.length === seen.length && timingSafeEqual(wanted, seen)
}

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

export type TwilioTrust = Pick<SignedCall, 'authTokens' | 'publicUrl'>

const isSigned = (trust: TwilioTrust, { url, headers, body }: HttpRequest): boolean => {
  const header = single(headers['x-twilio-signature'])
  const isForm = FORM.test(headers['content-type'] ?? '')
  // What the signature does not cover cannot be trusted: a body is either a signed form or has its hash in the signed URL.
  if (!isForm && body.length > 0 && !hasSignedHash(url, body)) return false
  return checkTwilioSignature({ ...trust, url, header, params: isForm ? readForm(body) : {} })
}

const REFUSED: HttpReply = { status: 403 }

/** `authenticate` of every route that Twilio calls. */
export const requireTwilio =
  (trust: TwilioTrust) =>
  (request: HttpRequest): HttpReply | undefined =>
    isSigned(trust, request) ? undefined : REFUSED
