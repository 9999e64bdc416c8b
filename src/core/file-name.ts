import { LIMITS } from './limits.ts'

/** Controls, and the marks that make `gpj.exe` read as `exe.jpg`. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu
const MEDIA_TYPE =
  /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}(\s*;[\x20-\x7e]{1,80})?$/i

/**
 * A sender's name for a file, made fit to be stored and shown: the last part of any path, without invisible characters,
 * at most LIMITS.fileNameCharacters with its extension kept. Never empty, never a path.
 */
export const cleanFileName = (given: string): string => {
  const last = given.normalize('NFC').replace(INVISIBLE, '').split(/[/\\]/).at(-1)?.trim() ?? ''
  if (/^\.*$/.test(last)) return 'file'
  const characters = [...last]
  if (characters.length <= LIMITS.fileNameCharacters) return last
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(last)?.[0] ?? ''
  return characters.slice(0, LIMITS.fileNameCharacters - extension.length).join('') + extension
}

/** A sender's claim of a media type, or `application/octet-stream` when it has not the form of one. */
export const cleanMediaType = (given: string): string =>
  MEDIA_TYPE.test(given) ? given.toLowerCase() : 'application/octet-stream'
