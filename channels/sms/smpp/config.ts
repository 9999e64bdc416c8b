import { z } from 'zod'
import type { ConfigProblem, KeyRule } from '../../../src/core/config-key.ts'

const isSmppUrl = (value: string): boolean => {
  if (!URL.canParse(value)) return false
  const { protocol, hostname, username } = new URL(value)
  return (protocol === 'smpp:' || protocol === 'ssmpp:') && hostname !== '' && username !== ''
}

/** SMS through an operator or aggregator: the way that is two-way in Morocco. */
export const SMPP_KEYS = {
  SMPP_URL: {
    schema: z.string().refine(isSmppUrl),
    purpose: 'SMS through an operator or aggregator, by SMPP 3.4 (ssmpp:// for TLS)',
    wanted: 'smpp://system:password@host:port',
    example: 'smpp://wasl:password@smsc.example:2775',
    absent: 'off',
    secret: true,
  },
  SMPP_FROM: {
    schema: z.string().regex(/^\+?[1-9]\d{2,14}$/),
    purpose: 'Sender of SMS through SMPP when there is no number to answer from',
    wanted: 'a short code or number as 3737 or +212600000000',
    absent: 'none; required with SMPP_URL',
  },
} as const satisfies Record<string, KeyRule>

type Values = { readonly [K in keyof typeof SMPP_KEYS]?: z.output<(typeof SMPP_KEYS)[K]['schema']> }

export interface SmppConfig {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly systemId: string
  readonly password: string
  readonly from: string
}

const PORTS = { plain: 2775, tls: 3550 } as const

/** What the values say of SMPP: undefined when it is off. Half of it is a problem that stops the start. */
export const smppFrom = (values: Values, problems: ConfigProblem[]): SmppConfig | undefined => {
  const { SMPP_URL: address, SMPP_FROM: from } = values
  if (address === undefined) return undefined
  if (from === undefined) {
    if (!problems.some(({ variable }) => variable === 'SMPP_FROM'))
      problems.push({ variable: 'SMPP_FROM', seen: 'nothing', wanted: SMPP_KEYS.SMPP_FROM.wanted })
    return undefined
  }
  const url = new URL(address)
  const tls = url.protocol === 'ssmpp:'
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls ? PORTS.tls : PORTS.plain) : Number(url.port),
    tls,
    systemId: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    from,
  }
}
