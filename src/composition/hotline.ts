import type { DeadlineRules } from '../deadlines/current-rules.ts'
import { closeSatisfied } from '../handling/rate-answer.ts'
import { resubmitComplaint } from '../handling/resubmit-complaint.ts'
import type { Accept } from '../intake/accept-submission.ts'
import { VOICE } from '../intake/calls/call-deps.ts'
import { mayTakeTexts, normalisePhone } from '../intake/normalise.ts'
import { copyReceipt, textUploadLink } from '../messages/text-on-request.ts'
import type { Parts } from './parts.ts'
import type { Telephone } from './telephone.ts'
import type { Texts } from './texts.ts'
import { composeVoice, type Hotline, type VoiceParts } from './voice.ts'

/** What the hotline stands on besides the parts. */
interface HotlineParts {
  readonly telephone: Telephone | undefined
  readonly texts: Texts
  readonly accept: Accept
  readonly deadlineRules: () => DeadlineRules
}

const textReceiptBy =
  ({ writing }: Texts): VoiceParts['textReceipt'] =>
  async (complaintId, to) => {
    const phone = normalisePhone(to)
    if (phone === undefined) return 'invalid'
    return mayTakeTexts(phone) && (await copyReceipt(writing, complaintId, phone)) ? 'sent' : 'refused'
  }

const textLinkBy =
  ({ writing, maskedLink }: Texts): VoiceParts['textLink'] =>
  async (complaintId, to, occasion) =>
    mayTakeTexts(to) && (await textUploadLink({ ...writing, maskedLink }, complaintId, to, occasion))
      ? 'sent'
      : 'refused'

/** The hotline of a gateway with a telephone; undefined without one. */
export const composeHotline = async (
  parts: Parts,
  { telephone, texts, accept, deadlineRules }: HotlineParts,
): Promise<Hotline | undefined> => {
  if (telephone === undefined) return undefined
  const { config, clock, newId } = parts
  const { officeZone } = config
  const act = () => ({ now: clock.now(), newId, actor: 'citizen:voice' })
  const canText = texts.writing.drivers.some(({ defaultLine }) => defaultLine.sms !== undefined)
  return composeVoice({
    ...parts,
    publicUrl: config.http.publicUrl,
    officeZone,
    voice: config.voice,
    authTokens: telephone.twilio.authTokens,
    accept,
    fetch: telephone.fetch,
    isTextable: (phone) => canText && mayTakeTexts(phone),
    openRound: (tx, complaintId, { language, text, media }) =>
      resubmitComplaint(
        tx,
        act(),
        { deadlineRules, officeZone },
        { complaintId, channel: VOICE, language, content: { text, media } },
      ),
    closeSatisfied: (tx, complaintId) => closeSatisfied(tx, act(), complaintId),
    textReceipt: textReceiptBy(texts),
    textLink: textLinkBy(texts),
    sendText: texts.sendReceipt,
  })
}
