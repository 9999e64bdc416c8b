import fs from 'node:fs'
import path from 'node:path'
import { createCallTree } from '../../channels/voice/call.ts'
import { createVoiceChannel } from '../../channels/voice/channel.ts'
import {
  CLIPS_FOLDER,
  type Clip,
  clipGaps,
  createClipBook,
  type HeldClips,
  readManifests,
} from '../../channels/voice/clips.ts'
import { isDeskOpen, type VoiceConfig } from '../../channels/voice/config.ts'
import { readNotice } from '../../channels/voice/parse.ts'
import { type SpeechDeps, scriptOf } from '../../channels/voice/speech.ts'
import { PROMPTS, type VoiceWord, type Words } from '../../channels/voice/words.ts'
import type { FetchRemote } from '../../media/fetch-remote.ts'
import { awaitMedia } from '../assets/await-media.ts'
import type { CallTree } from '../core/call.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { CITIZEN_STATES } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import { LOCALES, type TextLocale } from '../core/locale.ts'
import { type MediaLink, mediaToken, readMediaToken } from '../core/media-link.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { Secrets } from '../core/secrets.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database, Tx } from '../db/client.ts'
import { trackComplaint } from '../handling/track-complaint.ts'
import { message } from '../html/text.ts'
import { createTrackingTries } from '../http/limit-tracking.ts'
import type { VoiceSoundsDeps } from '../http/voice-sounds.ts'
import type { Accept } from '../intake/accept-submission.ts'
import { accessCodeHash, accessCodeOf } from '../intake/access-code.ts'
import { answerCall } from '../intake/calls/answer-call.ts'
import type { CallDeps } from '../intake/calls/call-deps.ts'
import { type FactsDeps, factsOfCall } from '../intake/calls/call-facts.ts'
import { endSilentCalls } from '../intake/calls/end-call.ts'
import { hearTake } from '../intake/calls/hear-take.ts'
import { createCallJudge } from '../intake/calls/judge-call-event.ts'
import { readClips } from '../intake/calls/keep-clips.ts'
import { type ResubmitByCallDeps, resubmitByCall } from '../intake/calls/resubmit-by-call.ts'
import { createSendCallReceipt } from '../intake/calls/send-call-receipt.ts'
import { casesOfCaller, spokenCase } from '../intake/calls/spoken-cases.ts'
import { settleSpokenReceipts } from '../intake/calls/spoken-receipts.ts'
import type { Logger } from '../platform/logger.ts'

export interface VoiceParts {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Secrets
  readonly store: ObjectStore
  readonly logger: Pick<Logger, 'warn'>
  readonly publicUrl: string
  readonly officeZone: string
  readonly voice: VoiceConfig
  readonly authTokens: readonly string[]
  readonly accept: Accept
  /** Brings a recording of the provider into the store. */
  readonly fetch: FetchRemote
  /** Whether texts can be sent to a number in E.164. */
  readonly isTextable: (phone: string) => boolean
  readonly openRound: ResubmitByCallDeps['openRound']
  /** Closes a round with a satisfied citizen; throws `conflict` when there is nothing to be satisfied with. */
  readonly closeSatisfied: (tx: Tx, complaintId: string) => Promise<void>
  readonly textReceipt: CallDeps['textReceipt']
  readonly textLink: CallDeps['textLink']
  /** Texts a receipt to whoever filed it. */
  readonly sendText: TopicHandler<'receipt.send'>
  readonly clipsFolder?: string
}

/** The texts of the catalogue, in the language asked for or not at all: an Arabic sentence is no Amazigh clip. */
export const voiceWords: Words = (locale, key) => {
  const { text, lang } = message(locale, key)
  return lang === locale ? text : undefined
}

const SCRIPT: readonly VoiceWord[] = [
  ...PROMPTS.map((prompt): VoiceWord => `voice.${prompt}`),
  ...CITIZEN_STATES.map((state): VoiceWord => `state.${state}`),
]

/** What each language is to have as clips, with the words to be read aloud. */
export const voiceScript = (locale: TextLocale, { hours }: Pick<VoiceConfig, 'hours'>) =>
  scriptOf(locale, voiceWords, SCRIPT, [hours.from, hours.to])

/** Amazigh is offered once every clip of it is there: no synthesis speaks it. */
const offeredWith = (clips: HeldClips, voice: VoiceConfig): readonly TextLocale[] => {
  const isComplete = clipGaps('zgh', voiceScript('zgh', voice), clips.newest).length === 0
  return isComplete ? [...LOCALES, 'zgh'] : LOCALES
}

/** How long a caller may listen to their own take. */
const TAKE_LIFE_MS = 30 * 60_000

const takeLink = (sid: string, expiresAt: Date): MediaLink => ({
  object: 'original',
  id: sid,
  scope: 'call',
  expiresAt,
})

const factsOf = ({ db, clock, secrets, publicUrl, isTextable }: VoiceParts): FactsDeps => ({
  db,
  clock,
  accessCodeOf: (complaintId) => accessCodeOf(secrets, complaintId),
  isTextable,
  takeUrl: (sid) => {
    const expiresAt = new Date(clock.now().getTime() + TAKE_LIFE_MS)
    return `${publicUrl}/voice/takes/${mediaToken(secrets, takeLink(sid, expiresAt))}`
  },
})

const trackingOf = (parts: VoiceParts): CallDeps['track'] => {
  const { db, clock, newId, secrets } = parts
  const deps = {
    db,
    clock,
    newId,
    accessCodeHash: (complaintId: string, code: string) => accessCodeHash(secrets, complaintId, code),
    tries: createTrackingTries({ sql: db.sql, clock }),
  }
  return async (typed) => {
    const tracked = await trackComplaint(deps, typed)
    if (tracked.outcome === 'found') return spokenCase(tracked.complaintId, tracked.complaint)
    return tracked.outcome === 'locked' || tracked.outcome === 'too_many' ? 'locked' : 'wrong'
  }
}

const rateOf =
  ({ db, closeSatisfied }: VoiceParts): CallDeps['rate'] =>
  async (complaintId) => {
    try {
      await db.orm.transaction((tx) => closeSatisfied(tx, complaintId))
      return { ok: true }
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict') return { ok: false }
      throw error
    }
  }

const callDepsOf = (parts: VoiceParts, tree: () => CallTree): CallDeps => {
  const { db, newId, clock, voice, officeZone, openRound } = parts
  return {
    ...parts,
    get tree() {
      return tree()
    },
    isOpen: (now) => isDeskOpen(voice, officeZone, now),
    resubmit: (complaintId, filing) => resubmitByCall({ db, newId, openRound }, complaintId, filing),
    rate: rateOf(parts),
    casesOf: (caller) => casesOfCaller({ db, clock }, caller),
    track: trackingOf(parts),
  }
}

/** Each missing clip is named in the log once: a call meets dozens. */
const missingOnce = ({ logger }: VoiceParts): SpeechDeps['onMissing'] => {
  const told = new Set<string>()
  return (language, key) => {
    const name = `${language}/${key}`
    if (told.has(name)) return
    told.add(name)
    logger.warn({ event: 'voice.clip_missing', language, key })
  }
}

/** The clips of the house and those of operators, read anew every minute, with the languages they are enough for. */
const holdClips = async ({ db, publicUrl, voice, clipsFolder = CLIPS_FOLDER }: VoiceParts) => {
  const own = readManifests(clipsFolder)
  const read = async () => {
    const clips = createClipBook(publicUrl, [...own, ...(await readClips({ db }))])
    const offered = offeredWith(clips, voice)
    return { clips, offered, tree: createCallTree(offered) }
  }
  let held = await read()
  return {
    current: () => held,
    refresh: async () => {
      held = await read()
    },
  }
}

const soundsOf = (parts: VoiceParts): VoiceSoundsDeps => {
  const { db, store, clock, secrets, fetch, clipsFolder = CLIPS_FOLDER } = parts
  const own = readManifests(clipsFolder)
  const openFile = ({ file = '', language }: Clip) =>
    fs.createReadStream(path.join(clipsFolder, language, file))
  return {
    clip: async (sha256) => {
      const file = own.find((clip) => clip.sha256 === sha256)
      if (file !== undefined) return { type: file.type, body: openFile(file) }
      const put = (await readClips({ db })).find((clip) => clip.sha256 === sha256)
      const body = put && (await store.get(put.objectKey))
      return put && body ? { type: put.type, body } : undefined
    },
    take: async (token, signal) => {
      const link = readMediaToken(secrets, token, clock.now())
      if (link?.scope !== 'call') return undefined
      const body = await hearTake({ db, store, fetch, readNotice }, link.id, signal)
      return body && { type: 'audio/wav', body }
    },
  }
}

/** Everything of the hotline, made of the process's parts: its doors, its judge, its receipts, its sounds and its sweeps. */
export const composeVoice = async (parts: VoiceParts) => {
  const { voice, publicUrl, authTokens } = parts
  const held = await holdClips(parts)
  const deps = callDepsOf(parts, () => held.current().tree)
  const facts = factsOf(parts)
  const channel = createVoiceChannel({
    trust: { authTokens, publicUrl },
    speaking: {
      words: voiceWords,
      clips: { find: (...clip) => held.current().clips.find(...clip) },
      onMissing: missingOnce(parts),
      get offered() {
        return held.current().offered
      },
      transfer: voice.transfer,
      hours: voice.hours,
    },
    answer: async (request) => {
      const { call, state, next, pending = false } = await answerCall(deps, request)
      return { state, next, pending, facts: pending ? {} : await factsOfCall(facts, state, call.caller) }
    },
  })
  return {
    channel,
    judge: createCallJudge({ ...deps, readNotice, awaitMedia }),
    sendReceipt: createSendCallReceipt({
      ...parts,
      sql: parts.db.sql,
      text: parts.sendText,
    }),
    sounds: soundsOf(parts),
    sweeps: {
      voice_clips: held.refresh,
      silent_calls: () => endSilentCalls(deps),
      spoken_receipts: () => settleSpokenReceipts({ ...parts, sql: parts.db.sql }),
    },
  }
}

export type Hotline = Awaited<ReturnType<typeof composeVoice>>
