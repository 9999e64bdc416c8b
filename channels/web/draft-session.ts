import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { StagedMedia } from '../../src/core/submission.ts'
import { type Draft, findDraft, openDraft, saveAnswers } from '../../src/intake/keep-draft.ts'
import { draftToken, readDraftToken } from '../../src/intake/resume-draft.ts'
import { type Answers, readAnswers, UNKNOWN_OFFICE } from './answers.ts'
import { readCookie, writeCookie } from './cookies.ts'
import type { ArrivingMedia, Office, WebDeps } from './deps.ts'
import { isFormOf } from './form-token.ts'

const COOKIE = 'wasl-draft'

/** A filing under way, with what its answers point to. */
export interface Filing {
  readonly draft: Draft | undefined
  readonly answers: Answers
  readonly media: readonly StagedMedia[]
  /** What is still being sent: it counts as given, and the filing does not wait for it. */
  readonly arriving: readonly ArrivingMedia[]
  readonly office: Office | undefined
}

/** The draft of a request's cookie. Also for the resumable uploads, which belong to it. */
export const draftOf = async (
  deps: Pick<WebDeps, 'db' | 'clock' | 'newId' | 'publicUrl' | 'secrets'>,
  request: FastifyRequest,
): Promise<Draft | undefined> => {
  const token = readCookie(request, deps.publicUrl, COOKIE)
  if (token === undefined) return undefined
  const id = readDraftToken(deps.secrets, token)
  return findDraft(deps, id === undefined ? { token } : { id })
}

/** What a draft holds, with its files and its office looked up. */
export const filingOf = async (deps: WebDeps, draft: Draft | undefined): Promise<Filing> => {
  const answers = readAnswers(draft?.answers ?? {})
  const { office: code } = answers
  const open = draft && !draft.sent ? draft.id : undefined
  const [held, office] = await Promise.all([
    open === undefined ? { media: [], arriving: [] } : deps.uploads.ofDraft(open),
    code === undefined || code === UNKNOWN_OFFICE ? undefined : deps.offices.byCode(code),
  ])
  return { draft, answers, ...held, office }
}

/** Opens a draft and gives its cookie to the browser. */
export const startDraft = async (deps: WebDeps, reply: FastifyReply, locale: Locale): Promise<Draft> => {
  const { token, draft } = await openDraft(deps, locale)
  writeCookie(reply, deps.publicUrl, COOKIE, token, LIMITS.draftLife)
  return draft
}

/** Gives a draft that was begun elsewhere to this browser too. */
export const adoptDraft = (deps: WebDeps, reply: FastifyReply, draft: Draft): void =>
  writeCookie(reply, deps.publicUrl, COOKIE, draftToken(deps.secrets, draft.id), LIMITS.draftLife)

/** This browser forgets the draft; the draft itself stays where it is. */
export const leaveDraft = (deps: WebDeps, reply: FastifyReply): void =>
  writeCookie(reply, deps.publicUrl, COOKIE, '', 0)

/**
 * The draft a posted form writes into: the browser's own, or a new one when there is none or when the form was opened afresh
 * after the last one was sent. A form from elsewhere is refused (P83).
 */
export const draftForForm = async (
  deps: WebDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  form: { readonly token: string | undefined; readonly locale: Locale },
): Promise<Draft> => {
  const origin = deps.formOrigin(request)
  if (origin === 'cross') throw new AppError('csrf')
  const draft = await draftOf(deps, request)
  if (draft === undefined) return startDraft(deps, reply, form.locale)
  const belongs = isFormOf(deps, draft.id, form.token)
  if (origin === 'unknown' && !belongs) throw new AppError('csrf')
  return draft.sent && !belongs ? startDraft(deps, reply, form.locale) : draft
}

/** Keeps what was typed. Gives the draft with it; a draft sent meanwhile in another tab comes back as sent. */
export const keepAnswers = async (
  deps: WebDeps,
  draft: Draft,
  answers: Answers,
  locale: Locale,
): Promise<Draft> => {
  if (draft.sent) return draft
  await saveAnswers(deps, draft.id, answers, locale)
  return { ...draft, answers: { ...draft.answers, ...answers } }
}
