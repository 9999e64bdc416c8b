import type { Pdu } from 'smpp'
import type { InboundEvent } from '../../../src/core/channel.ts'
import {
  type InboundText,
  type PartOf,
  type SentStatus,
  STATUS_CHANNEL,
} from '../../../src/core/text-message.ts'
import { decodeText, isReceipt, splitHeader, UDH_INDICATOR } from './coding.ts'

/*
 * A deliver_sm as it is recorded, octets untouched:
 *   {"source":{"address":"212612345678","ton":1,"npi":1},"destination":{"address":"3737","ton":0,"npi":1},
 *    "esmClass":64,"dataCoding":8,"octets":"BQADKgIBBiwG…"}
 * A delivery receipt has bit 2 of esmClass set and says in its text (SMPP 3.4, appendix B):
 *   id:1a2b sub:001 dlvrd:001 submit date:2611211000 done date:2611211001 stat:DELIVRD err:000 text:…
 */
export const SMPP_TYPE = 'application/vnd.wasl.smpp+json'

interface Address {
  readonly address: string
  readonly ton: number
  readonly npi: number
}

interface Recorded {
  readonly source: Address
  readonly destination: Address
  readonly esmClass: number
  readonly dataCoding: number
  /** Base64. */
  readonly octets: string
  readonly sar?: PartOf
  readonly receipted?: { readonly id: string; readonly state?: number }
}

const octetsOf = ({ short_message, message_payload }: Pdu): Buffer => {
  for (const body of [short_message, message_payload])
    if (Buffer.isBuffer(body) && body.length > 0) return body
  return Buffer.alloc(0)
}

const sarOf = (pdu: Pdu): PartOf | undefined =>
  pdu.sar_msg_ref_num !== undefined &&
  pdu.sar_total_segments !== undefined &&
  pdu.sar_segment_seqnum !== undefined
    ? { reference: pdu.sar_msg_ref_num, total: pdu.sar_total_segments, number: pdu.sar_segment_seqnum }
    : undefined

const record = (pdu: Pdu): Recorded => {
  const sar = sarOf(pdu)
  const { receipted_message_id: id, message_state: state } = pdu
  return {
    source: { address: pdu.source_addr, ton: pdu.source_addr_ton, npi: pdu.source_addr_npi },
    destination: { address: pdu.destination_addr, ton: pdu.dest_addr_ton, npi: pdu.dest_addr_npi },
    esmClass: pdu.esm_class,
    dataCoding: pdu.data_coding,
    octets: octetsOf(pdu).toString('base64'),
    ...(sar ? { sar } : {}),
    ...(id ? { receipted: { id, ...(state === undefined ? {} : { state }) } } : {}),
  }
}

/** Type of number: international, national, alphanumeric. */
const TON = { international: 1, national: 2, alphanumeric: 5 } as const

/** A number in E.164 where the network says enough; else as it is, and then nobody answers it. */
const numberOf = ({ address, ton }: Address): string => {
  if (ton === TON.alphanumeric || !/^\+?\d+$/.test(address)) return address
  if (address.startsWith('+')) return address
  if (address.startsWith('00')) return `+${address.slice(2)}`
  // Operators in Morocco hand national numbers over with or without their zero.
  if (/^0[5-8]\d{8}$/.test(address)) return `+212${address.slice(1)}`
  if (ton === TON.national && /^[5-8]\d{8}$/.test(address)) return `+212${address}`
  return ton === TON.international || address.length >= 11 ? `+${address}` : address
}

/** A message's id as networks write it twice differently: case and leading zeros do not count. */
export const providerIdOf = (id: string): string =>
  id
    .trim()
    .toLowerCase()
    .replace(/^0+(?=.)/, '')

/**
 * Some networks answer submit_sm with a number in hexadecimal and write it in decimal in the receipt (SMPP 3.4 leaves it to
 * them), others the other way round.
 */
const otherNamesOf = (id: string): string[] => [
  ...(/^\d{1,20}$/.test(id) ? [BigInt(id).toString(16)] : []),
  ...(/^[0-9a-f]{1,16}$/.test(id) ? [BigInt(`0x${id}`).toString(10)] : []),
]

const decoded = (raw: Uint8Array): Recorded => JSON.parse(Buffer.from(raw).toString('utf8')) as Recorded

/** Reads a text from its recorded form; undefined for a delivery receipt. */
export const readSmppText = (raw: Uint8Array): InboundText | undefined => {
  const { source, destination, esmClass, dataCoding, octets, sar } = decoded(raw)
  if (isReceipt(esmClass)) return undefined
  const bytes = Buffer.from(octets, 'base64')
  const split = esmClass & UDH_INDICATOR ? splitHeader(bytes) : { part: undefined, text: bytes }
  const part = split.part ?? sar
  return {
    channel: 'sms',
    from: numberOf(source),
    line: destination.address,
    text: decodeText(split.text, dataCoding),
    media: [],
    ...(part && part.total > 1 ? { part } : {}),
    optOutUpstream: false,
  }
}

/** message_state and the words of receipts, in our three. ENROUTE and ACCEPTD say nothing new. */
const STATES: Readonly<Record<string, SentStatus['state']>> = {
  2: 'delivered',
  3: 'failed',
  4: 'failed',
  5: 'failed',
  7: 'failed',
  8: 'failed',
  DELIVRD: 'delivered',
  EXPIRED: 'failed',
  DELETED: 'failed',
  UNDELIV: 'failed',
  UNKNOWN: 'failed',
  REJECTD: 'failed',
}
const WORDS: Readonly<Record<string, string>> = {
  3: 'EXPIRED',
  4: 'DELETED',
  5: 'UNDELIV',
  7: 'UNKNOWN',
  8: 'REJECTD',
}
const FINAL = new Set(['REJECTD', 'DELETED'])

/** Reads a delivery receipt, from its fields or from its text; undefined when it says nothing new. */
export const readSmppStatus = (raw: Uint8Array): SentStatus | undefined => {
  const { source, esmClass, octets, dataCoding, receipted } = decoded(raw)
  if (!isReceipt(esmClass) && receipted === undefined) return undefined
  const text = decodeText(Buffer.from(octets, 'base64'), dataCoding)
  const id = receipted?.id ?? /\bid:\s*(\S+)/i.exec(text)?.[1]
  const told = String(receipted?.state ?? /\bstat:\s*(\w+)/i.exec(text)?.[1]?.toUpperCase() ?? '')
  const state = STATES[told]
  if (id === undefined || state === undefined) return undefined
  const word = WORDS[told] ?? told
  const providerId = providerIdOf(id)
  return {
    providerId,
    alsoNamed: otherNamesOf(providerId).filter((name) => name !== providerId),
    recipient: numberOf(source),
    state,
    ...(state === 'failed' ? { code: `smpp_${word.toLowerCase()}`, isFinal: FINAL.has(word) } : {}),
  }
}

/** The event that a deliver_sm is, but for its name: the network gives none (name-events.ts). */
export const eventOf = (
  pdu: Pdu,
  receivedAt: Date,
): Omit<InboundEvent, 'externalId' | 'raw'> & { readonly body: Buffer } => {
  const recorded = record(pdu)
  const body = Buffer.from(JSON.stringify(recorded))
  const isWord = isReceipt(recorded.esmClass) || recorded.receipted !== undefined
  return {
    channel: isWord ? STATUS_CHANNEL : 'sms',
    sender: isWord ? (readSmppStatus(body)?.providerId ?? 'unknown') : numberOf(recorded.source),
    receivedAt,
    body,
  }
}
