import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ListedBody } from '../../administrations/index-bodies.ts'
import { awaitMedia } from '../../assets/await-media.ts'
import type { Clock, NewId } from '../../core/clock.ts'
import { KINDS } from '../../core/complaint.ts'
import { AppError } from '../../core/errors.ts'
import { cleanFileName } from '../../core/file-name.ts'
import { LIMITS } from '../../core/limits.ts'
import { LOCALES } from '../../core/locale.ts'
import type { Accepted, Contact } from '../../core/submission.ts'
import type { Database } from '../../db/client.ts'
import type { AcceptWithin } from '../../intake/accept-submission.ts'
import { detectLanguage } from '../../intake/detect-language.ts'
import { normaliseEmail, normalisePhone, storableText } from '../../intake/normalise.ts'
import { nameService } from '../../referrals/classify.ts'
import { understood } from '../understood.ts'

export interface FileRequestDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
  readonly acceptWithin: AcceptWithin
  /** Whether an address may be fetched from at all. */
  readonly mayFetch: (url: string) => boolean
  /** What is known of a body by its code. */
  readonly administration: (
    code: string,
  ) => Promise<Pick<ListedBody, 'anonymousAllowed' | 'services'> | undefined>
}

const said = z.string().trim().max(500).optional()
const degrees = (most: number) => said.refine((typed) => Math.abs(Number(typed ?? 0)) <= most)
const formSchema = z.object({
  service_code: z.string().trim().min(1).max(120),
  description: z.string().max(LIMITS.textCharacters).default(''),
  first_name: said,
  last_name: said,
  email: said,
  phone: said,
  address_string: said,
  address_id: said,
  lat: degrees(90),
  long: degrees(180),
  'attribute[kind]': z.enum(KINDS).optional(),
  'attribute[language]': z.enum(LOCALES).optional(),
})
type Form = z.output<typeof formSchema>

/** The files of a request, by as many `media_url` as it has (or `media_url[]`, as some clients write lists). */
const mediaOf = (form: URLSearchParams): string[] => [
  ...new Set(
    [...form.getAll('media_url'), ...form.getAll('media_url[]')].map((url) => url.trim()).filter(Boolean),
  ),
]

const contactOf = (form: Form): Contact => {
  const name = [form.first_name, form.last_name].filter(Boolean).join(' ')
  const email = normaliseEmail(form.email ?? '')
  const phone = normalisePhone(form.phone ?? '')
  if (form.email && email === undefined) throw new AppError('email_invalid')
  if (form.phone && phone === undefined) throw new AppError('phone_invalid')
  return {
    ...(name ? { name: storableText(name).slice(0, LIMITS.nameCharacters) } : {}),
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    preferred: email ? 'email' : phone ? 'sms' : 'none',
  }
}

const placeOf = ({ address_string: address, address_id: id, lat, long }: Form): string | undefined => {
  const place = address ?? id ?? (lat && long ? `${lat}, ${long}` : undefined)
  return place === undefined ? undefined : storableText(place).slice(0, LIMITS.placeCharacters)
}

const checkMedia = (deps: FileRequestDeps, urls: readonly string[]): void => {
  if (urls.length > LIMITS.filesPerSubmission) throw new AppError('too_many_files')
  if (!urls.every(deps.mayFetch))
    throw new AppError('address_forbidden', { fields: [{ field: 'media_url', code: 'address_forbidden' }] })
}

/** The last part of an address, read where it can be: a stray `%` is no reason to lose a filing. */
const fileNameIn = (url: string): string => {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    return cleanFileName(decodeURIComponent(last))
  } catch {
    return cleanFileName(last)
  }
}

/** The body that a service code names, and which of its services. Throws `administration_unknown`. */
const placeOfService = async ({ administration }: FileRequestDeps, serviceCode: string) => {
  const [code = '', service] = serviceCode.split('.')
  const body = await administration(code)
  const isKnown = service === undefined || body?.services.some((one) => one.code === service)
  if (body === undefined || !isKnown)
    throw new AppError('administration_unknown', { fields: [{ field: 'service_code', code: 'unknown' }] })
  return { code, service, body }
}

/**
 * Files a GeoReport request. Its files are noted with it and fetched afterwards, each as far as the guard lets; the same
 * `Idempotency-Key` files once. Throws what is wrong with a field.
 */
export const fileRequest = async (
  deps: FileRequestDeps,
  request: FastifyRequest,
  raw: string,
): Promise<Accepted> => {
  const params = new URLSearchParams(raw)
  const form = understood(formSchema, Object.fromEntries(params))
  const urls = mediaOf(params)
  if (form.description.trim() === '' && urls.length === 0) throw new AppError('text_or_media_required')
  checkMedia(deps, urls)
  const { code, service, body } = await placeOfService(deps, form.service_code)
  const contact = contactOf(form)
  const anonymous = !contact.name && !contact.email && !contact.phone
  if (anonymous && !body.anonymousAllowed) throw new AppError('anonymous_not_allowed')
  const key = request.headers['idempotency-key']
  const externalId =
    typeof key === 'string' && key !== '' ? key.slice(0, LIMITS.idempotencyKeyCharacters) : deps.newId()
  const place = placeOf(form)
  return deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    const origin = { channel: 'open311', externalId }
    const files = urls.map((url, position) => ({
      url,
      name: fileNameIn(url),
      declaredType: '',
      position: position + 1,
      erase: false,
    }))
    await awaitMedia(tx, { now, newId: deps.newId }, origin, files)
    const accepted = await deps.acceptWithin(tx, {
      ...origin,
      receivedAt: now,
      kind: form['attribute[kind]'] ?? 'complaint',
      text: storableText(form.description),
      language: form['attribute[language]'] ?? detectLanguage(form.description) ?? 'fr',
      contact,
      anonymous,
      administration: code,
      ...(place === undefined ? {} : { place }),
      media: [],
      raw: { type: 'application/x-www-form-urlencoded', body: Buffer.from(raw) },
    })
    if (service !== undefined && !accepted.repeat) await nameService(tx, accepted.complaintId, service)
    return accepted
  })
}
