import type { Topic } from '../core/topics.ts'
import type { Rhythm } from './backoff.ts'

/** How one topic is worked: each lane has places of its own, so that slow work of one kind never holds up another. */
export interface Lane {
  /** Messages of the topic that one process works on at once. */
  readonly places: number
  /** Of these, for one key: a destination that hangs holds no more than its own. */
  readonly placesPerKey: number
  /** True: messages of one key are worked in their order, over all processes. */
  readonly inOrder?: boolean
  /** A try that has not ended by then is aborted and counts as failed, in milliseconds. */
  readonly patienceMs: number
  /** How long tries go on where the general rhythm (backoff.ts) does not fit. */
  readonly rhythm?: Rhythm
}

export const LANES: Readonly<Record<Topic, Lane>> = {
  // Many places make large batches: claiming and settling cost one statement each, whatever they hold.
  'receipt.send': { places: 64, placesPerKey: 64, patienceMs: 60_000 },
  'receipt.copy': { places: 16, placesPerKey: 16, patienceMs: 60_000 },
  'notice.send': { places: 64, placesPerKey: 64, patienceMs: 60_000 },
  'mail.acknowledge': { places: 16, placesPerKey: 16, patienceMs: 60_000 },
  'reminder.send': { places: 4, placesPerKey: 4, patienceMs: 60_000 },
  'audit.anchor': { places: 1, placesPerKey: 1, inOrder: true, patienceMs: 60_000 },
  'report.remind': { places: 4, placesPerKey: 4, patienceMs: 60_000 },
  // Counting a whole country takes its time, and a core.
  'report.build': { places: 1, placesPerKey: 1, patienceMs: 600_000 },
  'deadlines.recount': { places: 1, placesPerKey: 1, patienceMs: 120_000 },
  // One at a time for a person, so that what was said first arrives first.
  'message.send': { places: 64, placesPerKey: 1, inOrder: true, patienceMs: 60_000 },
  // One at a time for a sender: a conversation is a sequence.
  'inbound.judge': { places: 64, placesPerKey: 1, inOrder: true, patienceMs: 120_000 },
  'complaint.transfer': { places: 8, placesPerKey: 8, patienceMs: 30_000 },
  'complaint.route': { places: 64, placesPerKey: 64, patienceMs: 30_000 },
  // A body's answer may take 30 s (Standard Webhooks); two at a time for each keeps its order loose and its load small.
  'referral.forward': { places: 64, placesPerKey: 2, patienceMs: 60_000 },
  // A provider's file may be some seconds or an hour away: looked for every minute and a half, for about four hours (P14).
  'media.fetch': {
    places: 8,
    placesPerKey: 8,
    patienceMs: 300_000,
    rhythm: { ceiling: 80, attempts: 180 },
  },
  'media.erase': { places: 4, placesPerKey: 4, patienceMs: 30_000 },
  // One transcoding at a time leaves a core for the people who are filing.
  'media.process': { places: 1, placesPerKey: 1, patienceMs: 600_000 },
}

export const TOPICS = Object.keys(LANES) as Topic[]
