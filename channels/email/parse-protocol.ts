import type { FiledFile, KeptFile, MailFile, ReadMail } from '../../src/core/mail-message.ts'

/** What the gateway tells the reading process. One message is read at a time. */
export type ToParser =
  | { readonly say: 'read' }
  | { readonly say: 'chunk'; readonly bytes: Uint8Array }
  | { readonly say: 'end' }
  /** The last piece has been taken; `false`: no more of this file is wanted. */
  | { readonly say: 'more'; readonly wanted: boolean }
  | { readonly say: 'kept'; readonly kept: KeptFile }

/** What the reading process tells the gateway. It never runs ahead: each chunk and piece is asked for. */
export type FromParser =
  | { readonly say: 'need' }
  | { readonly say: 'file'; readonly file: MailFile; readonly position: number }
  | { readonly say: 'piece'; readonly bytes: Uint8Array }
  | { readonly say: 'file_end' }
  | { readonly say: 'read'; readonly mail: ReadMail; readonly files: readonly FiledFile[] }
  | { readonly say: 'broken' }
