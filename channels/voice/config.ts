import { z } from 'zod'
import type { KeyRule } from '../../src/core/config-key.ts'

const HOURS = /^([1-7])-([1-7]) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/

/** The desk behind the hotline. Absent: callers who ask for a person are offered voicemail. */
export const VOICE_KEYS = {
  VOICE_TRANSFER: {
    schema: z.string().regex(/^\+[1-9]\d{6,14}$/),
    purpose: 'Hotline: number of the desk that takes over calls',
    wanted: 'a number as +212500000000',
    absent: 'voicemail',
  },
  VOICE_HOURS: {
    schema: z
      .string()
      .regex(HOURS)
      .transform((value) => {
        const [days = '', times = ''] = value.split(' ')
        const [from = '', to = ''] = times.split('-')
        return { firstDay: Number(days[0]), lastDay: Number(days[2]), from, to }
      })
      .refine(({ firstDay, lastDay, from, to }) => firstDay <= lastDay && from < to),
    purpose: 'Hotline: when the desk answers, in the time of TZ_OFFICE; 1 is Monday',
    wanted: 'days and times as 1-5 08:30-16:30',
    example: '1-5 08:30-16:30',
    absent: '1-5 08:30-16:30',
  },
} as const satisfies Record<string, KeyRule>

type Values = { readonly [K in keyof typeof VOICE_KEYS]?: z.output<(typeof VOICE_KEYS)[K]['schema']> }

export interface OpeningHours {
  /** ISO weekdays: 1 is Monday. */
  readonly firstDay: number
  readonly lastDay: number
  /** HH:MM. */
  readonly from: string
  readonly to: string
}

export interface VoiceConfig {
  /** E.164; undefined: nobody takes calls. */
  readonly transfer: string | undefined
  readonly hours: OpeningHours
}

const OFFICE_HOURS: OpeningHours = { firstDay: 1, lastDay: 5, from: '08:30', to: '16:30' }

export const voiceFrom = (values: Values): VoiceConfig => ({
  transfer: values.VOICE_TRANSFER,
  hours: values.VOICE_HOURS ?? OFFICE_HOURS,
})

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Whether the desk answers at an instant, by the clock of the office's zone. */
export const isDeskOpen = ({ transfer, hours }: VoiceConfig, zone: string, now: Date): boolean => {
  if (transfer === undefined) return false
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? ''
  const day = WEEKDAYS.indexOf(part('weekday')) + 1
  const time = `${part('hour')}:${part('minute')}`
  return day >= hours.firstDay && day <= hours.lastDay && time >= hours.from && time < hours.to
}
