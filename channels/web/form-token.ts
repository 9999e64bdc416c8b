import { timingSafeEqual } from 'node:crypto'
import type { WebDeps } from './deps.ts'

type TokenDeps = Pick<WebDeps, 'secrets' | 'newId'>

const OWNER_CHARACTERS = 16

const macOf = ({ secrets }: Pick<TokenDeps, 'secrets'>, draftId: string, nonce: string): string =>
  secrets.mac('form', `${draftId}:${nonce}`)

/** Names the draft a form belongs to, unforgeably, and different each time (compress-html.ts says why). */
export const formToken = (deps: TokenDeps, draftId: string): string => {
  const nonce = deps.newId().slice(-12)
  return `${nonce}.${macOf(deps, draftId, nonce)}`
}

/** Whether a form was made for this draft. */
export const isFormOf = (
  deps: Pick<TokenDeps, 'secrets'>,
  draftId: string,
  token: string | undefined,
): boolean => {
  const [nonce = '', mac = ''] = (token ?? '').split('.')
  const [typed, right] = [Buffer.from(mac), Buffer.from(macOf(deps, draftId, nonce))]
  return typed.length === right.length && timingSafeEqual(typed, right)
}

/** What the browser's store calls the filing that a recording belongs to: the same on each of its pages, and no key to it. */
export const ownerMark = ({ secrets }: Pick<TokenDeps, 'secrets'>, draftId: string): string =>
  secrets.mac('owner', draftId).slice(0, OWNER_CHARACTERS)
