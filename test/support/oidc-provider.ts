import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A small OpenID provider on loopback: codes with PKCE, tokens signed by RS256. `person` is who signs in next. */
export const startOidcProvider = async (client: { readonly id: string; readonly secret: string }) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const codes = new Map<string, { nonce: string; challenge: string; claims: Record<string, unknown> }>()
  const state = { forges: false, claims: {} as Record<string, unknown> }
  let issuer = ''

  const idToken = (claims: Record<string, unknown>): string => {
    const now = Math.floor(Date.now() / 1000)
    const input = `${encode({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${encode({
      iss: issuer,
      aud: client.id,
      sub: 'person-1',
      iat: now,
      exp: now + 60,
      ...claims,
    })}`
    return `${input}.${sign('sha256', Buffer.from(input), state.forges ? other : privateKey).toString('base64url')}`
  }

  const answerToken = (form: URLSearchParams): { status: number; body: unknown } => {
    const held = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (held === undefined || held.challenge !== challenge)
      return { status: 400, body: { error: 'invalid_grant' } }
    const id_token = idToken({ nonce: held.nonce, ...held.claims })
    return { status: 200, body: { access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token } }
  }

  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      const send = (status: number, value: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
      if (request.url === '/.well-known/openid-configuration')
        return send(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        })
      if (request.url === '/jwks')
        return send(200, {
          keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
        })
      const { status, body: value } = answerToken(new URLSearchParams(body))
      return send(status, value)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    state,
    /** What the person's browser does there: signs in and is sent back with a code. Gives the address it is sent to. */
    authorize: (url: string): URL => {
      const asked = new URL(url).searchParams
      const code = createHash('sha256').update(url).digest('hex')
      codes.set(code, {
        nonce: asked.get('nonce') ?? '',
        challenge: asked.get('code_challenge') ?? '',
        claims: state.claims,
      })
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      return back
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
