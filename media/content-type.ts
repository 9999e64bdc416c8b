import { fileTypeFromBuffer } from 'file-type'
import type { MediaFlag, MediaKind } from '../src/core/media.ts'

/** What a file is by its bytes. `concern` is why it is never processed, where there is one. */
export interface ContentType {
  readonly type: string
  readonly kind: MediaKind
  readonly concern?: Extract<MediaFlag, 'executable' | 'active_content' | 'archive' | 'playlist'>
}

/** What the media tools may open; everything else is a document. */
const PLAYED: Readonly<Record<string, MediaKind>> = {
  'audio/aac': 'audio',
  'audio/amr': 'audio',
  'audio/flac': 'audio',
  'audio/mp4': 'audio',
  'audio/mpeg': 'audio',
  'audio/ogg': 'audio',
  'audio/wav': 'audio',
  'audio/x-caf': 'audio',
  'video/3gpp': 'video',
  'video/3gpp2': 'video',
  'video/matroska': 'video',
  'video/mp4': 'video',
  'video/ogg': 'video',
  'video/quicktime': 'video',
  'video/webm': 'video',
  'video/x-msvideo': 'video',
  'image/apng': 'image',
  'image/avif': 'image',
  'image/gif': 'image',
  'image/heic': 'image',
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/tiff': 'image',
  'image/webp': 'image',
}

/** Names that browsers, phones and libraries give the same thing. */
const ALIASES: Readonly<Record<string, string>> = {
  'application/ogg': 'audio/ogg',
  'application/x-zip-compressed': 'application/zip',
  'audio/3gpp': 'video/3gpp',
  'audio/3gpp2': 'video/3gpp2',
  'audio/amr-nb': 'audio/amr',
  'audio/amr-wb': 'audio/amr',
  'audio/m4a': 'audio/mp4',
  'audio/mp3': 'audio/mpeg',
  'audio/opus': 'audio/ogg',
  'audio/vnd.wave': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/x-aac': 'audio/aac',
  'audio/x-flac': 'audio/flac',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-m4b': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'image/heic-sequence': 'image/heic',
  'image/heif': 'image/heic',
  'image/heif-sequence': 'image/heic',
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'text/xml': 'application/xml',
  'video/avi': 'video/x-msvideo',
  'video/vnd.avi': 'video/x-msvideo',
  'video/x-m4v': 'video/mp4',
  'video/x-matroska': 'video/matroska',
}

/** One name for a type: `audio/ogg; codecs=opus` is `audio/ogg`, `audio/x-wav` is `audio/wav`. */
export const plainType = (type: string): string => {
  const bare = (type.split(';')[0] ?? '').trim().toLowerCase()
  return ALIASES[bare] ?? bare
}

const PROGRAMS =
  /^application\/(x-msdownload|vnd\.microsoft\.portable-executable|x-elf|x-mach-binary|java-vm|wasm|x-ms-shortcut|x-deb|x-rpm|vnd\.android\.package-archive|x-msi)$/
const ARCHIVES =
  /^application\/(zip|gzip|x-(gzip|7z-compressed|rar-compressed|tar|bzip2|xz|compress|lzip|archive|unix-archive|lzh-compressed|ace-compressed|arj|iso9660-image|apple-diskimage|cpio)|zstd|x-lz4|vnd\.ms-cab-compressed|java-archive)$/

const concernOf = (type: string): ContentType['concern'] => {
  if (PROGRAMS.test(type)) return 'executable'
  if (ARCHIVES.test(type)) return 'archive'
  return /^(image\/svg\+xml|application\/xml|text\/html)$/.test(type) ? 'active_content' : undefined
}

const known = (type: string): ContentType => {
  const concern = concernOf(type)
  return { type, kind: PLAYED[type] ?? 'document', ...(concern ? { concern } : {}) }
}

const startsWith = (head: Buffer, ...signatures: string[]): boolean =>
  signatures.some((signature) => head.toString('latin1', 0, signature.length) === signature)

/** Checked before any library looks: what must never be taken for media whatever else the bytes resemble. */
const PROGRAM_SIGNATURES = [
  '\x7fELF',
  '\xca\xfe\xba\xbe',
  '\xfe\xed\xfa\xce',
  '\xfe\xed\xfa\xcf',
  '\xcf\xfa\xed\xfe',
  'dex\n',
] as const

/** `MZ` alone also begins a letter by Mr Mziane: text is no DOS program. */
const isProgram = (head: Buffer, text: string | undefined): boolean =>
  startsWith(head, ...PROGRAM_SIGNATURES) ||
  (text === undefined && startsWith(head, 'MZ')) ||
  /^#!\s*\/[\w/.-]+/.test(head.toString('latin1', 0, 80))

const decoders = [
  { mark: Buffer.from([0xff, 0xfe]), label: 'utf-16le' },
  { mark: Buffer.from([0xfe, 0xff]), label: 'utf-16be' },
]

/** The head as text, or undefined when it is binary. A byte-order mark decides the encoding, as it does in a browser. */
const asText = (head: Buffer): string | undefined => {
  const wide = decoders.find(({ mark }) => head.subarray(0, 2).equals(mark))
  const text = new TextDecoder(wide?.label ?? 'utf-8').decode(head)
  const control = [...text].filter((letter) => letter < ' ' && !'\t\n\r\f\x1b'.includes(letter)).length
  return control === 0 ? text.replace(/^\uFEFF/, '') : undefined
}

const PLAYLIST =
  /^\s*(#EXTM3U|\[playlist\]|ffconcat version|\[Reference\]|<\?wpl|<smil|<asx)|<MPD[\s>]|<SmoothStreamingMedia/i
const MARKUP: readonly (readonly [RegExp, string])[] = [
  [/<svg[\s>]/i, 'image/svg+xml'],
  [/^\s*(<!doctype html|<html|<head|<body|<script|<iframe|<img|<a\s)|<script[\s>]/i, 'text/html'],
  [/^\s*<(\?xml|!doctype|[a-z][\w:-]*[\s>/])/i, 'application/xml'],
]

const textType = (text: string): ContentType => {
  if (PLAYLIST.test(text)) return { type: 'text/plain', kind: 'document', concern: 'playlist' }
  const markup = MARKUP.find(([pattern]) => pattern.test(text))
  return markup
    ? { type: markup[1], kind: 'document', concern: 'active_content' }
    : { type: 'text/plain', kind: 'document' }
}

/** How many bytes of the file's beginning the judgement needs. */
export const HEAD_BYTES = 64 * 1024

const MADE_OF_TEXT =
  /^(application\/(pdf|rtf|postscript|eps|pgp-encrypted)|text\/(calendar|vcard|vtt)|audio\/amr)$/

/** Says what a file is by its first bytes. What nothing recognises is a document of type application/octet-stream. */
export const contentTypeOf = async (head: Buffer): Promise<ContentType> => {
  const text = asText(head)
  if (isProgram(head, text))
    return { type: 'application/x-msdownload', kind: 'document', concern: 'executable' }
  const found = await fileTypeFromBuffer(head).catch(() => undefined)
  const type = found && plainType(found.mime)
  // Words have no signature to trust: "BMCE" is no bitmap. Only formats made of text are taken from the library there.
  if (text !== undefined && !(type !== undefined && MADE_OF_TEXT.test(type))) return textType(text)
  return type === undefined ? { type: 'application/octet-stream', kind: 'document' } : known(type)
}

/** Containers whose names are used for each other: a voice note is `audio/webm`, `video/webm`, `audio/mp4`, `video/quicktime`. */
const FAMILIES: readonly (readonly string[])[] = [
  ['audio/mp4', 'video/mp4', 'video/quicktime', 'video/3gpp', 'video/3gpp2', 'audio/aac'],
  ['video/webm', 'audio/webm', 'video/matroska', 'audio/matroska', 'audio/x-matroska'],
  ['audio/ogg', 'video/ogg'],
  ['audio/amr', 'video/3gpp'],
]

const isTextual = (type: string): boolean => /^text\/|json$|xml$|csv$|javascript$/.test(type)

/** Whether a declared type and the content contradict each other. No declaration is no lie. */
export const isMismatch = (declared: string, content: string): boolean => {
  const claim = plainType(declared)
  if (['', 'application/octet-stream', 'binary/octet-stream', content].includes(claim)) return false
  if (FAMILIES.some((family) => family.includes(claim) && family.includes(content))) return false
  if (content === 'text/plain' && isTextual(claim)) return false
  // Old Office files are one container, and nothing in the head tells a table from a letter.
  return !(content === 'application/x-cfb' && /msword|ms-excel|ms-powerpoint|ms-outlook/.test(claim))
}
