import { html } from 'ghtml'
import type { Locale } from '../core/locale.ts'
import { longInstant } from '../html/text.ts'
import type { AnswerTemplate } from '../staff/answer-templates.ts'
import type { RankedBody } from '../staff/desk.ts'
import type { ListedComplaint } from '../staff/list-complaints.ts'
import type { Identity } from '../staff/open-identity.ts'
import type { ComplaintRecord } from '../staff/read-complaint.ts'
import type { AnswerWay } from '../staff/read-handling.ts'
import { type Action, mayDo } from '../staff/rights.ts'
import type { Viewer } from './layout.ts'
import type { Cell } from './table.ts'

/** What the page of one complaint is made from. */
export interface View {
  readonly viewer: Viewer
  readonly locale: Locale
  readonly record: ComplaintRecord
  readonly suggestions: readonly RankedBody[]
  readonly officeZone: string
  /** Address of the complaint's page. */
  readonly home: string
  /** Addresses of officials, by the names under which the history keeps them. */
  readonly names: ReadonlyMap<string, string>
  /** Who else has it open now. */
  readonly readers: readonly string[]
  readonly way: AnswerWay
  /** Ready words for this complaint. */
  readonly templates: readonly AnswerTemplate[]
  /** Complaints that say much the same. */
  readonly duplicates: readonly ListedComplaint[]
  /** Stands for the person. */
  readonly pseudonym: string
  /** Who it is, while that is open to the viewer. */
  readonly identity?: Identity | undefined
  /** The act that could not be done, with why; what was typed stays. */
  readonly trouble?: string
  readonly typed: Readonly<Record<string, string>>
  /** True: an answer is shown as the person will get it, before it is sent. */
  readonly previews?: boolean
}

export const may = ({ viewer }: View, action: Action): boolean =>
  viewer.session !== undefined && mayDo(viewer.session.actor, action)

export const section = (title: string, body: string): string =>
  html`<section><h2>${title}</h2>!${body}</section>`

export const when = ({ locale, officeZone }: View, instant: Date): string =>
  html`<time datetime="${instant.toISOString()}">${longInstant(locale, instant, officeZone)}</time>`

export const at = (view: View, instant: Date): Cell => ({ html: when(view, instant) })
