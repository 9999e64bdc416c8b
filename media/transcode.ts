import type { MediaFailure } from '../src/core/media.ts'
import type { ToolResult } from './sandbox.ts'

const NO_DECODER = /Decoder .* not found|Unknown decoder|could not find codec parameters|not implemented/i

/** Why a tool made nothing, in the words of the catalogue. */
export const failureOf = (result: Extract<ToolResult, { ok: false }>): MediaFailure => {
  if (result.reason === 'aborted') return 'timed_out'
  if (result.reason === 'too_costly') return 'too_costly'
  return NO_DECODER.test(result.stderr) ? 'unsupported_codec' : 'unreadable'
}

/** Rounding and the padding of codecs never reach a second. */
const SLACK_MS = 1_500

/** Whether a container announced noticeably more than could be read: a cut-off transfer, or a header that lies. */
export const isShortened = (announcedMs: number | undefined, foundMs: number): boolean =>
  announcedMs !== undefined && foundMs < announcedMs * 0.95 - SLACK_MS
