import * as oidc from 'openid-client'
import { z } from 'zod'
import type { OidcConfig } from '../core/oidc-config.ts'

/** What the browser keeps, sealed, between the way there and the way back. */
export interface OidcMemo {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Who the provider says it is. */
export interface OidcPerson {
  readonly email: string
  /** How the person proved it (RFC 8176), where the provider tells. */
  readonly methods: readonly string[]
}

/** An OpenID provider: authorization code with PKCE, state and nonce. */
export interface SingleSignOn {
  /** Where the browser goes, and what it must bring back. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly memo: OidcMemo }>
  /** Undefined for whatever does not fit: another state, a replayed code, a token of somebody else, an unverified address. */
  finish(returned: URL, memo: OidcMemo): Promise<OidcPerson | undefined>
}

const TIMEOUT_SECONDS = 10

const claimsSchema = z.object({
  email: z.email(),
  email_verified: z.literal(true),
  amr: z.array(z.string()).catch([]),
})

export const createSingleSignOn = ({ issuer, clientId, clientSecret }: OidcConfig): SingleSignOn => {
  let known: Promise<oidc.Configuration> | undefined
  /** Read once; a provider that was away is asked again at the next try. */
  const discover = (): Promise<oidc.Configuration> => {
    known ??= oidc
      .discovery(new URL(issuer), clientId, clientSecret, undefined, {
        timeout: TIMEOUT_SECONDS,
        execute: [
          // The token endpoint's TLS would vouch for a token; its own signature is asked for too.
          oidc.enableNonRepudiationChecks,
          // The configuration lets http pass on this machine alone.
          ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
        ],
      })
      .catch((error: unknown) => {
        known = undefined
        throw error
      })
    return known
  }
  return {
    begin: async (redirectUri) => {
      const memo = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(await discover(), {
        redirect_uri: redirectUri,
        scope: 'openid email',
        state: memo.state,
        nonce: memo.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(memo.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, memo }
    },
    finish: async (returned, { state, nonce, verifier }) => {
      const configuration = await discover()
      try {
        const tokens = await oidc.authorizationCodeGrant(configuration, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const claims = claimsSchema.safeParse(tokens.claims())
        return claims.success
          ? { email: claims.data.email.toLowerCase(), methods: claims.data.amr }
          : undefined
      } catch {
        return undefined
      }
    },
  }
}
