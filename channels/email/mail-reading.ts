import type { FiledFile, MailNote } from '../../src/core/mail-message.ts'
import type { RawField } from './mail-headers.ts'

/** A node of mailparser's tree, as far as it is used here (3.9.31; pinned). */
export interface Node {
  readonly contentType: string | false
  readonly headers: ReadonlyMap<string, unknown>
  readonly headerLines: readonly RawField[]
  readonly children: readonly Node[]
  readonly disposition?: string
  readonly isAttachment?: boolean
  readonly showMeta?: boolean
  readonly textContent?: string
  charset?: string
}

/** What is known of one message while its parts come by. */
export interface Reading {
  readonly nodes: Node[]
  readonly files: FiledFile[]
  readonly read: { type: string; text: string; parameters: string }[]
  readonly attached: string[]
  /** Words of a winmail.dat, for a message that has none of its own. */
  readonly wrapped: string[]
  readonly notes: Set<MailNote>
}

/** The parameters of a part's type, as a header has them. */
export const parameterText = (headers: ReadonlyMap<string, unknown>): string => {
  const type = headers.get('content-type') as { params?: Record<string, string> } | undefined
  return Object.entries(type?.params ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
}
