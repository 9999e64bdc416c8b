import { afterNotice, converse } from '../../channels/sms/conversation.ts'
import type { NetworkDeps, TextNetwork } from '../../channels/sms/network.ts'
import { twilioTexts } from '../../channels/sms/twilio/channel.ts'
import { createTwilioDriver } from '../../channels/sms/twilio/driver.ts'
import type { Directory } from '../administrations/directory.ts'
import { searchAdministrations } from '../administrations/search-administrations.ts'
import { STATUS_CHANNEL } from '../core/text-message.ts'
import type { TopicHandlers } from '../core/topics.ts'
import type { DeadlineRules } from '../deadlines/current-rules.ts'
import { createTextWriter } from '../html/sms-text.ts'
import type { AcceptWithin } from '../intake/accept-submission.ts'
import { accessCodeOf } from '../intake/access-code.ts'
import { createTextJudge } from '../intake/converse.ts'
import type { ConverseDeps } from '../intake/converse-deps.ts'
import { sweepConversations, sweepParts } from '../intake/converse-sweep.ts'
import type { Judge } from '../intake/judge-event.ts'
import { draftCode } from '../intake/resume-draft.ts'
import { createUploadLink, maskedUploadLink } from '../intake/upload-links.ts'
import { createStatusJudge } from '../messages/judge-status.ts'
import { createSendMessage, messageDied } from '../messages/send-message.ts'
import { soundLinks } from '../messages/sound-link.ts'
import {
  createSendNotice,
  createSendReceiptByPhone,
  type WriteDeps,
} from '../messages/write-to-complainant.ts'
import type { DeadLetterHooks } from '../outbox/work.ts'
import type { Parts } from './parts.ts'
import type { Telephone } from './telephone.ts'

/** What the short messages stand on besides the parts. */
interface TextParts {
  readonly telephone: Telephone | undefined
  readonly directory: Directory
  readonly acceptWithin: AcceptWithin
  readonly deadlineRules: () => DeadlineRules
}

/** Those with keys of their own, in their order. */
const ownNetworks = ({ config, clock, logger }: Parts): Promise<TextNetwork[]> => {
  const note: NetworkDeps['note'] = ({ event, reason }) =>
    reason === undefined ? logger.info({ event }) : logger.warn({ event, err: reason })
  const { publicUrl } = config.http
  return Promise.all(config.textNetworks.map((network) => network.open({ clock, publicUrl, note })))
}

const twilioNetwork = ({ config }: Parts, telephone: Telephone | undefined): TextNetwork[] => {
  if (telephone === undefined) return []
  const { twilio, client } = telephone
  const { publicUrl } = config.http
  return [
    {
      driver: createTwilioDriver({ ...twilio, client, publicUrl }),
      channel: twilioTexts({ authTokens: twilio.authTokens, publicUrl }),
    },
  ]
}

/** Offices offered at most: what one segment holds. */
const OFFERED = 3

const conversingOf = (
  parts: Parts,
  { directory, acceptWithin, deadlineRules }: TextParts,
  writing: WriteDeps,
): ConverseDeps => {
  const { officeZone } = parts.config
  return {
    ...writing,
    converse,
    acceptWithin,
    maskedLink: maskedUploadLink(parts.config.http.publicUrl),
    resubmit: { deadlineRules, officeZone },
    findOffices: async (words) => searchAdministrations(words, await directory.index()).slice(0, OFFERED),
  }
}

/**
 * SMS and WhatsApp: one conversation over every network that is configured, the operator's first for what the gateway begins
 * itself. Empty where none is.
 */
export const composeTexts = async (parts: Parts, given: TextParts) => {
  const { db, clock, newId, secrets, config } = parts
  const networks = [...(await ownNetworks(parts)), ...twilioNetwork(parts, given.telephone)]
  const drivers = networks.map(({ driver }) => driver)
  const base = { db, clock, newId, drivers }
  const write = createTextWriter(given.telephone?.twilio.voiceFrom, config.http.publicUrl)
  const writing: WriteDeps = { ...base, write, afterNotice, officeZone: config.officeZone }
  const conversing = conversingOf(parts, given, writing)
  const sending = {
    ...base,
    templates: config.whatsappTemplates,
    soundUrl: soundLinks({ secrets, clock, publicUrl: config.http.publicUrl }),
    accessCodeOf: (complaintId: string) => accessCodeOf(secrets, complaintId),
    draftCodeOf: (draftId: string, phone: string) => draftCode(secrets, draftId, phone),
    maskedLink: maskedUploadLink(config.http.publicUrl),
    createUploadLink: (complaintId: string) =>
      createUploadLink(db.orm, { ...parts, publicUrl: config.http.publicUrl }, complaintId),
  }
  const judge = createTextJudge(conversing)
  const judges: Readonly<Record<string, Judge>> = {
    sms: judge,
    whatsapp: judge,
    [STATUS_CHANNEL]: createStatusJudge(base),
  }
  const handlers = {
    'message.send': createSendMessage(sending),
  } satisfies TopicHandlers
  const hooks: DeadLetterHooks = {
    'message.send': (payload, error) => messageDied(sending, payload, error),
  }
  return {
    channels: networks.map(({ channel }) => channel),
    judges,
    handlers,
    hooks,
    sendReceipt: createSendReceiptByPhone(writing),
    sendNotice: createSendNotice(writing),
    writing,
    maskedLink: conversing.maskedLink,
    sweep: async () => {
      await sweepConversations(conversing)
      await sweepParts(conversing)
    },
  }
}

export type Texts = Awaited<ReturnType<typeof composeTexts>>
