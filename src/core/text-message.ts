import type { DeliveryResult } from './delivery.ts'
import type { SmsEncoding } from './segments.ts'

/** The channels on which people and the gateway write to one another in short messages: one conversation, two doors. */
export const TEXT_CHANNELS = ['sms', 'whatsapp'] as const
export type TextChannel = (typeof TEXT_CHANNELS)[number]
export const isTextChannel = (channel: string): channel is TextChannel =>
  (TEXT_CHANNELS as readonly string[]).includes(channel)

/** The channel under which providers' words on sent messages are recorded: no person wrote them. */
export const STATUS_CHANNEL = 'text-status'

/** A file that came with a message and is still at the provider. */
export interface RemoteMedia {
  readonly url: string
  /** As the provider declares it: a claim. */
  readonly type: string
}

/** Which piece of a longer text a message is (user data header or SAR fields). */
export interface PartOf {
  /** Chosen by the sender's phone; the same number comes back after a while. */
  readonly reference: number
  readonly total: number
  /** From 1. */
  readonly number: number
}

/** One message as a driver read it from what was recorded. */
export interface InboundText {
  readonly channel: TextChannel
  /** As the network names the sender: a number in E.164, or something that cannot be answered. */
  readonly from: string
  /** The number that was written to; answers come from it. */
  readonly line: string
  readonly text: string
  readonly media: readonly RemoteMedia[]
  readonly part?: PartOf
  /** True: the network answers STOP and START itself and would refuse ours. */
  readonly optOutUpstream: boolean
}

/** What became of a message we sent, in the order it can happen; a later word is never undone by an earlier one. */
export type SentState = 'sent' | 'delivered' | 'failed'

/** A provider's word on a message we sent. */
export interface SentStatus {
  readonly providerId: string
  /** The same name as the provider may have written it before (a number in decimal and in hexadecimal). */
  readonly alsoNamed?: readonly string[]
  /** Whom the message went to, where the provider says so. */
  readonly recipient?: string
  readonly state: SentState
  /** Stable, from the provider: `twilio_30003`. */
  readonly code?: string
  /** True: the same way cannot help (a landline, an unknown number). */
  readonly isFinal?: boolean
  /** True: the person, or the network for them, wants none of our messages. */
  readonly stops?: boolean
}

export interface OutgoingText {
  /** Ours: the key by which a repeat is recognised where the provider takes one. */
  readonly id: string
  readonly channel: TextChannel
  readonly from: string
  readonly to: string
  readonly text: string
  readonly encoding: SmsEncoding
  /** Address of a recording that goes out in place of the text, on a channel that carries sound. */
  readonly sound?: string
  /** An approved template, for WhatsApp outside its 24-hour window; it is sent instead of the text. */
  readonly template?: { readonly id: string; readonly variables: Readonly<Record<string, string>> }
}

/**
 * One provider over which the conversation runs. A failure that `disablesDestination` means that the person does not want
 * our messages (or the network says so): nothing more is sent there.
 */
export interface TextDriver {
  readonly id: string
  /** The type of the raw form in which its events are recorded: by it the driver of an event is found. */
  readonly rawType: string
  readonly channels: readonly TextChannel[]
  /** The sender where there is no number to answer from. */
  readonly defaultLine: Readonly<Partial<Record<TextChannel, string>>>
  send(message: OutgoingText, signal: AbortSignal): Promise<DeliveryResult>
  /** Reads a message from its recorded form; undefined when it is none. */
  readText(raw: Uint8Array): InboundText | undefined
  /** Reads a provider's word from its recorded form; undefined when it says nothing new. */
  readStatus(raw: Uint8Array): SentStatus | undefined
}
