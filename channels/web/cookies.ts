import type { FastifyReply, FastifyRequest } from 'fastify'

/** `__Host-` binds a cookie to this very host over https; plain http cannot have it. */
const nameFor = (publicUrl: string, name: string): string =>
  publicUrl.startsWith('https:') ? `__Host-${name}` : name

/** The value of one of our cookies. Values are base64url, so nothing needs decoding. */
export const readCookie = (request: FastifyRequest, publicUrl: string, name: string): string | undefined => {
  const prefix = `${nameFor(publicUrl, name)}=`
  return (request.headers.cookie ?? '')
    .split('; ')
    .find((pair) => pair.startsWith(prefix))
    ?.slice(prefix.length)
}

/** Sets a cookie of this site only, out of reach for scripts; `seconds` 0 removes it. */
export const writeCookie = (
  reply: FastifyReply,
  publicUrl: string,
  name: string,
  value: string,
  seconds: number,
): void => {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  reply.header(
    'set-cookie',
    `${nameFor(publicUrl, name)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`,
  )
}
