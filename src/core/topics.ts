import type { DeliveryResult } from './delivery.ts'

/**
 * Everything the relay can be asked to do, with its payload. A payload holds identifiers only: what is sent is read when
 * it is sent, so that erasing a person's data leaves nothing behind in the outbox.
 */
export interface Topics {
  /** Send the receipt of a filing on its channel, or by the address that was given. */
  'receipt.send': { readonly receiptId: string }
  /** Mail a receipt to one more address, at the wish of who holds it. */
  'receipt.copy': { readonly copyId: string }
  /** Carry out a transfer whose time for undoing is over. */
  'complaint.transfer': {
    readonly complaintId: string
    readonly referralId: string
    /** The body that has it. */
    readonly administrationId: string
    readonly actor: string
    readonly byMinistry: boolean
    /** Code of the body it goes to. */
    readonly administration: string
    readonly reason: string
  }
  /** Find the administration of a complaint and refer it, or put it before triage. */
  'complaint.route': { readonly complaintId: string }
  /** Understand an event that was recorded as it came. */
  'inbound.judge': { readonly eventId: string; readonly channel: string }
  /** Tell one administration about one referral, through one connector. */
  'referral.forward': {
    readonly referralId: string
    readonly connectorId: string
    readonly event: ReferralEvent
  }
  /** Run the media pipeline over one asset. */
  'media.process': { readonly assetId: string }
  /** Bring a file that lies with a provider into the record. */
  'media.fetch': { readonly fetchId: string }
  /** Have the provider delete what has been fetched from it. */
  'media.erase': { readonly fetchId: string }
  /** Tell the complainant something that happened (information requested, answered, late…). */
  'notice.send': { readonly noticeId: string }
  /** Tell the sender of a mail that joined a complaint what of it arrived. */
  'mail.acknowledge': { readonly eventId: string }
  /** Remind one official of a legal date. */
  'reminder.send': { readonly reminderId: string; readonly staffId: string }
  /** Count the legal dates of open rounds anew after the calendar changed: those with an id after this one. */
  'deadlines.recount': {
    readonly after: string /** The change whose moved rounds are counted. */
    readonly change?: string
  }
  /** Let one entry of the chain of anchors leave the house. */
  'audit.anchor': { readonly number: number }
  /** Build a yearly report that somebody asked for. */
  'report.build': { readonly buildId: string }
  /** Tell one manager that the report of a year is owed. */
  'report.remind': { readonly reminderId: string; readonly staffId: string }
  /** Hand one short message to its provider. */
  'message.send': { readonly messageId: string }
}

export type Topic = keyof Topics

export const REFERRAL_EVENTS = [
  'complaint.referred',
  'complaint.updated',
  'complaint.withdrawn',
  'complaint.resubmitted',
  'test.ping',
] as const
export type ReferralEvent = (typeof REFERRAL_EVENTS)[number]

export type OutboxMessage = {
  [T in Topic]: {
    readonly topic: T
    /** The destination. Messages of one key share its few places, so that a hanging body delays nobody else. */
    readonly key: string
    readonly payload: Topics[T]
    /** The same dedupe key is appended once. */
    readonly dedupeKey: string
    readonly complaintId?: string
    /** Not before this instant; absent: at once. */
    readonly dueAt?: Date
  }
}[Topic]

export interface DeliveryContext {
  /** Stable over retries: the idempotency key given to every vendor that takes one. */
  readonly messageId: string
  /** 1 for the first try. */
  readonly attempt: number
  readonly signal: AbortSignal
}

/** Does what a message asks, at least once: the same message may come again after a crash. */
export type TopicHandler<T extends Topic> = (
  payload: Topics[T],
  context: DeliveryContext,
) => Promise<DeliveryResult>

export type TopicHandlers = { readonly [T in Topic]?: TopicHandler<T> }
