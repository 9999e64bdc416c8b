import type { Locale } from '../../core/locale.ts'
import { hidden } from '../../html/form.ts'
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
