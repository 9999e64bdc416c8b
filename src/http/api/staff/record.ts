import { mediaToken } from '../../../core/media-link.ts'
import type { Secrets } from '../../../core/secrets.ts'
import type { RankedBody } from '../../../staff/desk.ts'
import type { ListedComplaint } from '../../../staff/list-complaints.ts'
import type { ComplaintRecord, MediaRecord } from '../../../staff/read-complaint.ts'
import type { Actor } from '../../../staff/rights.ts'
import { plain } from './shapes.ts'

/** A rendition's link opens without a session for as long as a person listens to it. */
export const RENDITION_LINK_MS = 3600_000

interface LinkFacts {
  readonly publicUrl: string
  readonly secrets: Secrets
  readonly actor: Actor
  readonly now: Date
}

/** The link of one rendition, signed for one actor. */
export const renditionUrl = ({ publicUrl, secrets, actor, now }: LinkFacts, id: string): string => {
  const expiresAt = new Date(now.getTime() + RENDITION_LINK_MS)
  return `${publicUrl}/media/${mediaToken(secrets, { object: 'rendition', id, scope: actor.id, expiresAt })}`
}

const mediaShape = (links: LinkFacts, home: string, asset: MediaRecord) => ({
  ...asset,
  flags: [...asset.flags],
  peaks: asset.peaks === null ? null : [...asset.peaks],
  originalUrl: `${home}/media/${asset.id}/original`,
  renditions: asset.renditions.map(({ id, ...rendition }) => ({
    ...rendition,
    url: renditionUrl(links, id),
  })),
})

/** The record as the API gives it: one list of messages, in and out, by time. */
export const recordShape = (
  record: ComplaintRecord,
  {
    suggestions,
    duplicates,
  }: {
    readonly suggestions: readonly RankedBody[]
    readonly duplicates: readonly ListedComplaint[]
  },
  links: LinkFacts,
) => {
  const home = `${links.publicUrl}/api/v1/staff/complaints/${record.reference}`
  const messages = [
    ...record.messagesIn.map((message) => ({
      ...message,
      direction: 'in' as const,
      at: message.receivedAt,
    })),
    ...record.messagesOut.map((message) => ({
      ...message,
      direction: 'out' as const,
      at: message.createdAt,
    })),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime())
  return plain({
    ...record,
    messages,
    media: record.media.map((asset) => mediaShape(links, home, asset)),
    raw: record.messagesIn.map(({ id, rawType, rawSha256, rawBytes }) => ({
      id,
      type: rawType,
      sha256: rawSha256,
      bytes: rawBytes,
      url: `${home}/raw/${id}`,
    })),
    duplicates: [...duplicates],
    suggestions: suggestions.map(({ service, ...body }) => ({
      ...body,
      ...(service === undefined ? {} : { service }),
    })),
  })
}
