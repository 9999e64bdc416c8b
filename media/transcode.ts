import type { MediaFailure } from '../src/core/media.ts'
import type { ToolResult } from './sandbox.ts'

const NO_DECODER = /Decoder .* not found|Unknown decoder|could not find codec parameters|not implemented/i

/** Why a tool made nothing, in the words of the catalogue. */
export const failureOf = (result: Extract<ToolResult, { ok: false }>): MediaFailure => {
  if (result.reason === 'aborted') return 'timed_out'
  if (result.reason === 'too_costly') return 'too_costly'
  return NO_DECODER.test(result.stderr) ? 'unsupported_codec' : 'unreadable'
}

/** Formats without an index: their announced length is a guess from the first frames. */
const GUESSED = ['audio/mpeg', 'audio/aac', 'audio/amr']
/** Rounding, edit lists and the padding of codecs stay below it. */
const SLACK_MS = 500

/** Whether a container announced noticeably more than could be read: a transfer that broke off, or a header that lies. */
export const isShortened = (announcedMs: number | undefined, foundMs: number, type?: string): boolean =>
  announcedMs !== undefined && !GUESSED.includes(type ?? '') && foundMs < announcedMs * 0.97 - SLACK_MS
