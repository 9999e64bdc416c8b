import { eq } from 'drizzle-orm'
import { type CallNotice, SHORTEST_TAKE } from '../../core/call.ts'
import { type DeliveryResult, delivered, failed } from '../../core/delivery.ts'
import type { Tx } from '../../db/client.ts'
import { complaints } from '../../db/schema/index.ts'
import type { Judge } from '../judge-event.ts'
import { ignoreEvent, keepWithComplaint, type RecordedEvent } from '../settle-event.ts'
import type { CallDeps } from './call-deps.ts'
import { endCall, placeTake, type TakePlace } from './end-call.ts'

/** A recording at the provider, to be fetched once its event has met its end, then erased there. */
export interface RemoteRecording {
  readonly url: string
  readonly name: string
  readonly declaredType: string
  readonly position?: number
  readonly erase: true
}

export interface CallJudgeDeps extends CallDeps {
  /** Reads a raw request of the provider; undefined when it tells nothing. */
  readonly readNotice: (raw: Buffer) => CallNotice | undefined
  /** Notes a file to be fetched for an event (src/assets/await-media.ts). What the event is not joined to is only erased. */
  readonly awaitMedia: (
    tx: Tx,
    deps: { readonly now: Date; readonly newId: CallDeps['newId'] },
    origin: { readonly channel: string; readonly externalId: string },
    files: readonly RemoteRecording[],
  ) => Promise<void>
}

type Recording = CallNotice & { readonly type: 'recording' }
type Settled = Exclude<TakePlace, { readonly place: 'open' }>

/** While the caller is still deciding; a filing wakes the message earlier. */
const DECIDING = failed({
  code: 'call_under_way',
  message: 'The caller has not sent the recording yet.',
  retryable: true,
  retryAfter: 20,
})

/** Then a recording of a call that nobody else told of is filed without a caller. */
const TRIES_FOR_THE_CALLER = 3

const languageOf = async (tx: Tx, complaintId: string) => {
  const [complaint] = await tx
    .select({ language: complaints.language })
    .from(complaints)
    .where(eq(complaints.id, complaintId))
  return complaint?.language ?? 'ar'
}

/** The provider calls a recording by its address alone; with the suffix it gives the sound as it was taken. */
const fileOf = ({ url, take }: Recording, place: Settled): RemoteRecording => ({
  url: /\.(wav|mp3)$/.test(url) ? url : `${url}.wav`,
  name: place.place === 'filed' ? `voice-${place.position}.wav` : `${take.sid}.wav`,
  declaredType: 'audio/wav',
  ...(place.place === 'filed' ? { position: place.position } : {}),
  erase: true,
})

const settleRecording = (
  deps: CallJudgeDeps,
  event: RecordedEvent,
  notice: Recording,
  place: Settled,
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const settling = { now: deps.clock.now(), newId: deps.newId }
    await deps.awaitMedia(tx, settling, event, [fileOf(notice, place)])
    if (place.place === 'dropped') return ignoreEvent(tx, settling, event, place.reason)
    const { complaintId, round } = place
    const language = await languageOf(tx, complaintId)
    await keepWithComplaint(tx, settling, event, { complaintId, round, text: '', language })
  })

const judgeRecording = async (
  deps: CallJudgeDeps,
  event: RecordedEvent,
  notice: Recording,
  attempt: number,
): Promise<DeliveryResult> => {
  const place = await placeTake(deps, notice, {
    isSpeech: notice.take.seconds >= SHORTEST_TAKE,
    mayKnowMore: attempt < TRIES_FOR_THE_CALLER,
  })
  if (place.place === 'open') return DECIDING
  await settleRecording(deps, event, notice, place)
  return delivered()
}

/**
 * Judges what the provider tells beside the conversation: a recording joins its complaint and is brought home, the end of a
 * call files what was left unsent. Anything else is of no consequence and ends as ignored.
 */
export const createCallJudge =
  (deps: CallJudgeDeps): Judge =>
  async (event, { attempt }) => {
    const notice = deps.readNotice(event.rawBody ?? Buffer.alloc(0))
    if (notice?.type === 'recording') return judgeRecording(deps, event, notice, attempt)
    if (notice?.type === 'ended') await endCall(deps, notice.callSid, notice)
    const reason = notice === undefined ? 'no_news' : 'call_ended'
    await deps.db.orm.transaction((tx) =>
      ignoreEvent(tx, { now: deps.clock.now(), newId: deps.newId }, event, reason),
    )
    return delivered()
  }
