import { awaitMedia } from '../assets/await-media.ts'
import type { Act } from '../core/act.ts'
import { type Effect, THIS } from '../core/conversation.ts'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import type { InboundText, RemoteMedia } from '../core/text-message.ts'
import type { Tx } from '../db/client.ts'
import { closeSatisfied } from '../handling/rate-answer.ts'
import { receiveInformation } from '../handling/receive-information.ts'
import { resubmitComplaint } from '../handling/resubmit-complaint.ts'
import { withdrawComplaint } from '../handling/withdraw-complaint.ts'
import { lockComplaint } from '../referrals/change-referral.ts'
import { nameAdministration } from '../referrals/name-administration.ts'
import type { ConverseDeps } from './converse-deps.ts'
import type { Whole } from './glue-parts.ts'
import { storableText } from './normalise.ts'
import { appendEvent, keepWithComplaint, type RecordedEvent } from './settle-event.ts'

/** A message as its effects need it. */
export interface Said extends Whole {
  readonly from: InboundText
  /** The number it came from, where it can be answered. */
  readonly phone: string | undefined
  readonly language: Locale
}

/** What an effect did: the complaint it met and the receipt it owes; `refused` when the record did not allow it. */
export interface Applied {
  readonly effect: Effect
  readonly complaintId?: string
  readonly receiptId?: string
  readonly refused?: true
}

const rawOf = (event: RecordedEvent) => ({ type: event.rawType, body: event.rawBody ?? Buffer.alloc(0) })

/** Names a file of a message for those who will see it: the provider gives none. */
const nameOf = (channel: string, { type }: RemoteMedia, nth: number): string => {
  const extension = /^[a-z]+\/([a-z0-9]+)/i.exec(type)?.[1]
  return `${channel}-${nth + 1}${extension === undefined ? '' : `.${extension}`}`
}

/**
 * Has the files of a message fetched after the commit. The record does not wait for them, and the provider's copy is deleted
 * once ours is safe (law 09-08).
 */
const fetchFiles = (tx: Tx, act: Act, { event, from }: Said): Promise<void> =>
  awaitMedia(
    tx,
    act,
    event,
    from.media.map((file, nth) => ({
      url: file.url,
      name: nameOf(from.channel, file, nth),
      declaredType: file.type,
      erase: true,
    })),
  )

/** What the effects of one turn share. Without `said` time alone has passed. */
export interface Scene {
  readonly tx: Tx
  readonly act: Act
  readonly deps: ConverseDeps
  readonly channel: string
  readonly language: Locale
  readonly said?: Said | undefined
}

/** The message is a complaint: filed whole, whatever else it may be. */
const file = ({ tx, deps, language }: Scene, { event, phone, from, text }: Said) =>
  deps.acceptWithin(tx, {
    channel: event.channel,
    externalId: event.externalId,
    receivedAt: event.receivedAt,
    kind: 'complaint',
    text: storableText(text),
    language,
    contact: phone === undefined ? {} : { phone, preferred: from.channel },
    anonymous: false,
    media: [],
    raw: rawOf(event),
  })

/** Keeps the event with the present round of a complaint, under the words that are to be read there. */
const attach = async (scene: Scene, { event }: Said, complaintId: string, text: string) => {
  const { tx, act, language } = scene
  const { round } = await lockComplaint(tx, complaintId)
  await keepWithComplaint(tx, act, event, { complaintId, round, text, language })
}

const append = async (scene: Scene, said: Said, complaintId: string, isAnswer: boolean) => {
  const { tx, act, language } = scene
  const { event, text } = said
  const { round } = await lockComplaint(tx, complaintId)
  await appendEvent(tx, act, event, { complaintId, round, text: storableText(text), language, media: [] })
  await receiveInformation(tx, act, { complaintId, occasion: event.id, isAnswer })
}

const resubmit = async (scene: Scene, complaintId: string, reason: string): Promise<string> => {
  const { tx, act, deps, channel, language, said } = scene
  const content = { text: storableText(reason), media: [] }
  const { receiptId } = await resubmitComplaint(tx, act, deps.resubmit, {
    complaintId,
    channel,
    language,
    content,
  })
  if (said && reason !== '') await attach(scene, said, complaintId, content.text)
  return receiptId
}

const applyOne = async (scene: Scene, effect: Effect): Promise<Applied> => {
  const { tx, act, said } = scene
  if (effect.do === 'resubmit') {
    const receiptId = await resubmit(scene, effect.complaintId, effect.reason)
    return { effect, complaintId: effect.complaintId, receiptId }
  }
  if (said === undefined) return { effect, refused: true }
  if (effect.do === 'file') {
    const { complaintId, receiptId } = await file(scene, said)
    return { effect, complaintId, receiptId }
  }
  const { complaintId } = effect
  if (effect.do === 'append') await append(scene, said, complaintId, effect.as === 'information')
  if (effect.do === 'rate') await closeSatisfied(tx, act, complaintId)
  if (effect.do === 'withdraw') await withdrawComplaint(tx, act, complaintId)
  if (effect.do !== 'name_administration') return { effect, complaintId }
  // A name stays readable on the record, also where it no longer decides; a digit says nothing there.
  await attach(scene, said, complaintId, /\p{L}/u.test(said.text) ? storableText(said.text) : '')
  return (await nameAdministration(tx, act, effect))
    ? { effect, complaintId }
    : { effect, complaintId, refused: true }
}

/** The record is in a state that does not allow it (the person answers an old question): said, not thrown. */
const isRefusal = (error: unknown): boolean =>
  error instanceof AppError && ['conflict', 'administration_unknown', 'not_found'].includes(error.code)

/**
 * Makes the effects of a turn happen, in their order. The use cases judge before they write, so one that refuses has changed
 * nothing.
 */
export const applyEffects = async (scene: Scene, effects: readonly Effect[]): Promise<Applied[]> => {
  const applied: Applied[] = []
  if (scene.said && effects.length > 0) await fetchFiles(scene.tx, scene.act, scene.said)
  for (const effect of effects)
    applied.push(
      await applyOne(scene, effect).catch((error: unknown): Applied => {
        if (isRefusal(error)) return { effect, refused: true }
        throw error
      }),
    )
  return applied
}

/** The complaint that the message filed, wherever the turn says THIS. */
export const complaintMeant = (about: string | undefined, applied: readonly Applied[]): string | undefined =>
  about === THIS ? applied.find(({ effect }) => effect.do === 'file')?.complaintId : about
