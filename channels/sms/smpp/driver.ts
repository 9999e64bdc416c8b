import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Pdu } from 'smpp'
import type { ChannelAdapter } from '../../../src/core/channel.ts'
import { type DeliveryResult, delivered, failed } from '../../../src/core/delivery.ts'
import { partsOf } from '../../../src/core/segments.ts'
import type { OutgoingText, PartOf, TextDriver } from '../../../src/core/text-message.ts'
import { dataCodingOf, encodeText, partHeader, UDH_INDICATOR } from './coding.ts'
import { createSmppLink, type LinkDeps, type SmppLink } from './link.ts'
import { createPace, type Pace } from './pace.ts'
import { providerIdOf, readSmppStatus, readSmppText, SMPP_TYPE } from './parse.ts'

/** What the SMSC says of one submit_sm (SMPP 3.4, 5.1.3). What is not listed is a refusal for good. */
const REFUSALS: Readonly<Record<number, { code: string; retryAfter?: number; retryable: boolean }>> = {
  8: { code: 'smpp_system_error', retryable: true },
  11: { code: 'smpp_invalid_destination', retryable: false },
  20: { code: 'smpp_queue_full', retryable: true, retryAfter: 10 },
  69: { code: 'smpp_submit_failed', retryable: true },
  88: { code: 'smpp_throttled', retryable: true, retryAfter: 2 },
}

const judged = (answer: Pdu | undefined): DeliveryResult => {
  if (answer === undefined)
    return failed({ code: 'smpp_no_answer', message: 'The SMSC did not answer.', retryable: true })
  const { command_status: status } = answer
  if (status === 0) return delivered(providerIdOf(answer.message_id))
  const refusal = REFUSALS[status] ?? { code: `smpp_status_${status}`, retryable: false }
  return failed({ ...refusal, message: `The SMSC answered with status ${status}.` })
}

/** Type of number and numbering plan: international, short code, both ISDN. */
const addressOf = (number: string) =>
  number.startsWith('+') ? { address: number.slice(1), ton: 1, npi: 1 } : { address: number, ton: 0, npi: 1 }

/** The same message has the same part number whenever it is sent: a repeat after a crash falls on itself. */
const referenceOf = (id: string): number => createHash('sha256').update(id).digest()[0] ?? 0

const submission = ({ from, to, encoding }: OutgoingText, text: string, part: PartOf | undefined) => {
  const [source, destination] = [addressOf(from), addressOf(to)]
  const octets = encodeText(text, encoding)
  return {
    source_addr: source.address,
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    destination_addr: destination.address,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    esm_class: part ? UDH_INDICATOR : 0,
    data_coding: dataCodingOf(encoding),
    // The last part's receipt stands for the whole text.
    registered_delivery: part === undefined || part.number === part.total ? 1 : 0,
    short_message: part ? Buffer.concat([partHeader(part), octets]) : octets,
  }
}

const UNBOUND = failed({ code: 'smpp_unbound', message: 'There is no link to the SMSC.', retryable: true })

const THROTTLED = 88

const holdingStill = (ms: number): DeliveryResult =>
  failed({
    code: 'smpp_throttled',
    message: 'The SMSC asked for a slower pace.',
    retryable: true,
    retryAfter: Math.max(1, Math.ceil(ms / 1000)),
  })

type Submission = ReturnType<typeof submission>

/** One submit_sm at the pace the SMSC bears. */
const submit = async (link: SmppLink, pace: Pace, pdu: Submission, signal: AbortSignal) => {
  const answer = await pace.within(() => link.ask((session, heard) => session.submit_sm(pdu, heard), signal))
  if (answer?.command_status === THROTTLED) pace.throttled()
  else if (answer?.command_status === 0) pace.taken()
  return judged(answer)
}

/** A text that has been begun is finished at the slower pace, or the phone would hold a part of it for nothing. */
const submitRest = async (link: SmppLink, pace: Pace, pdu: Submission, signal: AbortSignal) => {
  for (;;) {
    await pause(pace.hold(), undefined, { signal }).catch(() => {})
    const result = await submit(link, pace, pdu, signal)
    if (result.ok || result.error.code !== 'smpp_throttled' || signal.aborted) return result
  }
}

const sendOver =
  (link: SmppLink, pace: Pace): TextDriver['send'] =>
  async (message, signal) => {
    if (!link.isBound()) return UNBOUND
    if (pace.hold() > 0) return holdingStill(pace.hold())
    const parts = partsOf(message.text)
    let last: DeliveryResult = UNBOUND
    for (const [nth, text] of parts.entries()) {
      const part = { reference: referenceOf(message.id), total: parts.length, number: nth + 1 }
      const pdu = submission(message, text, parts.length > 1 ? part : undefined)
      last = await (nth === 0 ? submit : submitRest)(link, pace, pdu, signal)
      if (!last.ok) return last.error.code === 'smpp_throttled' ? holdingStill(pace.hold()) : last
    }
    return last
  }

/** SMS over SMPP 3.4: the channel's door is the link itself, which also carries what we send. */
export const createSmpp = (
  deps: LinkDeps,
): { readonly driver: TextDriver; readonly channel: ChannelAdapter } => {
  const link = createSmppLink(deps)
  return {
    channel: { id: 'sms', watch: link.watch },
    driver: {
      id: 'smpp',
      rawType: SMPP_TYPE,
      channels: ['sms'],
      defaultLine: { sms: deps.config.from },
      send: sendOver(link, createPace(deps.clock)),
      readText: readSmppText,
      readStatus: readSmppStatus,
    },
  }
}
