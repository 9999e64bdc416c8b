import type { Conversation, MessageHeard, WaitingFor } from '../../src/core/conversation.ts'
import { markIn } from '../../src/core/satisfaction.ts'

/** What somebody says of an answer in words: the digit that says the same, and the reason where one is given. */
interface MarkInWords {
  readonly for: Extract<WaitingFor, 'rate' | 'again'>
  readonly complaintId: string
  readonly digit: 1 | 2
  readonly reason?: string
}

/** The complaint that may be judged now: asked about it, or answered while nothing else is spoken of. */
const judged = ({ waiting, joining, fresh }: Conversation, latest: MessageHeard['latest']) => {
  if (waiting?.for === 'rate' || waiting?.for === 'again')
    return { for: waiting.for, complaintId: waiting.complaintId }
  const isFree = waiting === undefined && joining === undefined && !fresh
  return isFree && latest?.state === 'answered' ? { for: 'rate' as const, complaintId: latest.id } : undefined
}

/** Reads "not satisfied" or "satisfied" where an answer may be judged; undefined: the words are about something else. */
export const markInWords = (
  conversation: Conversation,
  { text, latest }: Pick<MessageHeard, 'text' | 'latest'>,
): MarkInWords | undefined => {
  const about = judged(conversation, latest)
  const mark = about && markIn(text)
  if (about === undefined || mark === undefined) return undefined
  if (mark.satisfied) return { ...about, digit: 1 }
  return { ...about, digit: 2, ...(mark.hasReason ? { reason: text.trim() } : {}) }
}
