import { Readable } from 'node:stream'
import { cleanFileName, cleanMediaType } from '../core/file-name.ts'
import { LIMITS } from '../core/limits.ts'
import type { FiledFile, KeepFile } from '../core/mail-message.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { RawForm, StagedMedia } from '../core/submission.ts'
import { derivedId } from './derived-id.ts'
import { storableText } from './normalise.ts'
import type { RecordedEvent } from './settle-event.ts'

/** Ids and keys follow from the event, so that a message judged again puts the same files in the same places. */
const assetId = (event: RecordedEvent, position: number): string =>
  derivedId(`mail-file:${event.id}:${position}`)
const objectKey = (event: RecordedEvent, position: number): string => `originals/${assetId(event, position)}`

/** Streams the files of one message into the store. */
export const keepIn =
  (store: ObjectStore, event: RecordedEvent, signal: AbortSignal): KeepFile =>
  async (_file, position, content) => {
    const put = await store.put(objectKey(event, position), content, {
      maxBytes: LIMITS.mailFileBytes,
      signal,
    })
    if (!put.ok) return { ok: false, reason: 'too_large' }
    const { bytes, sha256 } = put.object
    if (bytes > 0) return { ok: true, bytes, sha256 }
    await store.delete(objectKey(event, position))
    return { ok: false, reason: 'empty' }
  }

/** A file's name as it may be stored and shown; one without a name gets its number. */
export const nameOf = ({ name, position }: Pick<FiledFile, 'name' | 'position'>): string =>
  name.trim() === '' ? `${position + 1}` : cleanFileName(storableText(name))

/** The kept attachments as media of the record. Pictures inside the text stay in the original. */
export const stagedOf = (event: RecordedEvent, files: readonly FiledFile[]): StagedMedia[] =>
  files.flatMap((file) =>
    file.kept.ok && file.role === 'attachment'
      ? [
          {
            id: assetId(event, file.position),
            name: nameOf(file),
            declaredType: cleanMediaType(file.type),
            bytes: file.kept.bytes,
            sha256: file.kept.sha256,
            objectKey: objectKey(event, file.position),
          },
        ]
      : [],
  )

/** The recorded message as a stream; undefined when its object is gone. */
export const openRaw = async (store: ObjectStore, event: RecordedEvent): Promise<Readable | undefined> =>
  event.rawObject === null ? Readable.from([event.rawBody ?? Buffer.of()]) : store.get(event.rawObject)

export const rawFormOf = (event: RecordedEvent): RawForm =>
  event.rawObject === null
    ? { type: event.rawType, body: event.rawBody ?? Buffer.of() }
    : { type: event.rawType, objectKey: event.rawObject, sha256: event.rawSha256, bytes: event.rawBytes }

/** The whole message as a file of the record: what nobody could read by machine, a person may open. */
export const originalOf = async (store: ObjectStore, event: RecordedEvent): Promise<StagedMedia> => {
  const id = derivedId(`mail-original:${event.id}`)
  const described = {
    id,
    name: 'message.eml',
    declaredType: 'message/rfc822',
    bytes: event.rawBytes,
    sha256: event.rawSha256,
  }
  if (event.rawObject !== null) return { ...described, objectKey: event.rawObject }
  const key = `originals/${id}`
  await store.put(key, Readable.from([event.rawBody ?? Buffer.of()]), { maxBytes: LIMITS.mailBytes })
  return { ...described, objectKey: key }
}
