import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import type { MediaFlag } from '../src/core/media.ts'
import { type ContentType, contentTypeOf, HEAD_BYTES, isMismatch, plainType } from './content-type.ts'
import { failure, ORIGINAL, type Step } from './job.ts'
import { hasPictures } from './tracks.ts'

const TAIL_BYTES = 64 * 1024
const END_OF_ZIP = Buffer.from('PK\x05\x06', 'latin1')

/** Bytes that a second reader would take for something else: a picture with a ZIP, a PDF or a web page inside. */
const isPolyglot = (found: ContentType, head: Buffer, tail: Buffer): boolean => {
  if (found.kind === 'document') return false
  const start = head.subarray(0, 1024).toString('latin1')
  return tail.includes(END_OF_ZIP) || /%PDF-|<script[\s>]|<html[\s>]|<svg[\s>]|<\?php/i.test(start)
}

const read = async (file: FileHandle, length: number, position: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/** `video/webm` that holds only sound is `audio/webm`, and the other way round. */
const asKind = (found: ContentType, kind: 'audio' | 'video'): ContentType => ({
  ...found,
  kind,
  type: found.type.replace(/^(audio|video)\//, `${kind}/`),
})

const claimsMedia = (declared: string): boolean => /^(audio|video|image)\//.test(plainType(declared))

/**
 * Finds the type by content and notes where the declaration lies. Whatever is not sound, film or picture is a document:
 * kept and handed out as attachment, never opened by a tool. Archives are not expanded.
 */
export const identifyStep: Step = {
  name: 'identify',
  appliesTo: () => true,
  run: async (job, { flags: before }) => {
    await using file = await open(path.join(job.folder, ORIGINAL))
    const { size } = await file.stat()
    const head = await read(file, HEAD_BYTES, 0)
    if (head.length === 0) return failure('empty', { kind: 'document' })
    const tail = await read(file, TAIL_BYTES, Math.max(0, size - TAIL_BYTES))
    const container = await contentTypeOf(head)
    const pictures = await hasPictures(container.type, head, file)
    const found = pictures === undefined ? container : asKind(container, pictures ? 'video' : 'audio')
    const flags: MediaFlag[] = [
      ...before,
      ...(isMismatch(job.declaredType, found.type) ? (['type_mismatch'] as const) : []),
      ...(found.concern === undefined ? [] : [found.concern]),
      ...(isPolyglot(found, head, tail) ? (['polyglot'] as const) : []),
    ]
    const seen = { kind: found.kind, type: found.type, flags }
    return found.kind === 'document' && claimsMedia(job.declaredType)
      ? failure(found.concern ?? 'not_media', seen)
      : { ok: true, found: seen }
  },
}
