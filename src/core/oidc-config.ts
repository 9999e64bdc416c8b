import { z } from 'zod'
import type { ConfigProblem, KeyRule } from './config-key.ts'

/** Single sign-on for staff. Absent as a whole: password and second factor. */
export const OIDC_KEYS = {
  OIDC_ISSUER: {
    schema: z.string().refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)),
    purpose: 'Staff single sign-on: issuer',
    wanted: 'the URL of an OpenID provider; http only on this machine',
    example: 'https://sso.example/realms/wasl',
    absent: 'off: password and second factor',
  },
  OIDC_CLIENT_ID: {
    schema: z.string().min(1),
    purpose: 'Staff single sign-on: client',
    wanted: 'a client id',
    absent: 'none; required with OIDC_ISSUER',
  },
  OIDC_CLIENT_SECRET: {
    schema: z.string().min(1),
    purpose: 'Staff single sign-on: secret of the client',
    wanted: 'a client secret',
    absent: 'none; required with OIDC_ISSUER',
    secret: true,
  },
} as const satisfies Record<string, KeyRule>

export interface OidcConfig {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

type Values = Partial<Record<keyof typeof OIDC_KEYS, string>>

const isOwnMachine = ({ hostname }: URL): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)

/** The three together or none of them. */
export const oidcFrom = (values: Values, problems: ConfigProblem[]): OidcConfig | undefined => {
  const names = Object.keys(OIDC_KEYS) as (keyof typeof OIDC_KEYS)[]
  if (names.every((name) => values[name] === undefined)) return undefined
  for (const name of names)
    if (values[name] === undefined && !problems.some(({ variable }) => variable === name))
      problems.push({ variable: name, seen: 'nothing', wanted: OIDC_KEYS[name].wanted })
  const issuer = values.OIDC_ISSUER ?? ''
  if (issuer.startsWith('http:') && !isOwnMachine(new URL(issuer)))
    problems.push({
      variable: 'OIDC_ISSUER',
      seen: JSON.stringify(issuer),
      wanted: OIDC_KEYS.OIDC_ISSUER.wanted,
    })
  return { issuer, clientId: values.OIDC_CLIENT_ID ?? '', clientSecret: values.OIDC_CLIENT_SECRET ?? '' }
}
