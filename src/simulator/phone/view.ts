import type { Locale } from '../../core/locale.ts'
import { hidden } from '../../html/form.ts'
import { text } from '../../html/text.ts'
import type { SimulatedCall } from './execute-call.ts'
import type { Line, Misbehaviour, SimulatedMessage } from './state.ts'

export const PHONE_PATH = '/simulator/phone'

export interface PhoneView {
  readonly locale: Locale
  readonly phone: string
  readonly line: Line
  readonly messages: readonly SimulatedMessage[]
  readonly call: SimulatedCall | undefined
  readonly misbehaviour: Misbehaviour
}

/** Which phone a form belongs to: every form carries it, so that the page works without scripts. */
export const whose = ({ phone, line, call }: Pick<PhoneView, 'phone' | 'line' | 'call'>): string =>
  hidden('phone', phone) + hidden('line', line) + (call ? hidden('call', call.sid) : '')

/** Where the page of one phone is. */
export const addressOf = ({ phone, line, call }: { phone: string; line: Line; call?: string }): string =>
  `${PHONE_PATH}?${new URLSearchParams({ phone, line, ...(call ? { call } : {}) })}`

/** Types that a page may show from its own origin. */
export const isShown = (type: string): boolean => /^(image\/(jpeg|png|webp|gif)|audio\/|video\/)/.test(type)

/** Lets the island record into a file field, with the words it needs. */
export const microphone = (locale: Locale, as: 'note' | 'call') => ({
  'data-microphone': as,
  'data-record': text(locale, 'phone.record'),
  'data-stop': text(locale, 'phone.stop'),
  'data-recording': text(locale, 'phone.recording'),
  'data-recorded': text(locale, 'phone.recorded'),
  'data-refused': text(locale, 'phone.no_microphone'),
})
