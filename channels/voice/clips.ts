import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { LOCALES, type TextLocale } from '../../src/core/locale.ts'
import type { ClipBook } from './speech.ts'

/** One recording, from the folder of its language or put there by an operator. */
export interface Clip {
  readonly language: TextLocale
  /** `voice.menu`, `state.received`, `digit.7`, `day.21`, `month.3`, `time.08:30`. */
  readonly key: string
  readonly version: number
  /** The words it was recorded from. */
  readonly text: string
  /** Lower-case hex; its address. */
  readonly sha256: string
  readonly type: 'audio/mpeg' | 'audio/wav'
  readonly durationMs: number | null
  readonly source: 'human' | 'synthetic'
  /** Name in its folder, for a clip that came with the house. */
  readonly file?: string
}

const manifestSchema = z.strictObject({
  clips: z.array(
    z.strictObject({
      key: z.string().regex(/^[a-z_]+\.[a-z0-9_:]+$/),
      version: z.int().positive(),
      text: z.string().min(1),
      file: z.string().regex(/^[\w.-]+$/),
      type: z.enum(['audio/mpeg', 'audio/wav']),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      durationMs: z.int().positive(),
      source: z.enum(['human', 'synthetic']),
    }),
  ),
})

export const CLIPS_FOLDER = fileURLToPath(new URL('clips', import.meta.url))

/** The clips that came with the house: `clips/<language>/manifest.json`. Throws what is wrong with a manifest. */
export const readManifests = (folder = CLIPS_FOLDER): readonly Clip[] =>
  [...LOCALES, 'zgh' as const].flatMap((language) => {
    const path = `${folder}/${language}/manifest.json`
    if (!fs.existsSync(path)) return []
    const { clips } = manifestSchema.parse(JSON.parse(fs.readFileSync(path, 'utf8')))
    return clips.map((clip) => ({ ...clip, language }))
  })

export const CLIPS_PATH = '/voice/clips'

const nameOf = ({ language, key }: Pick<Clip, 'language' | 'key'>): string => `${language}/${key}`

export interface HeldClips extends ClipBook {
  /** Of each key the highest version. */
  readonly newest: readonly Clip[]
}

/**
 * The clips in force. `publicUrl` is where the provider fetches them; the address holds the digest, so it may be cached for
 * ever.
 */
export const createClipBook = (publicUrl: string, clips: readonly Clip[]): HeldClips => {
  const newest = new Map<string, Clip>()
  for (const clip of clips) {
    const known = newest.get(nameOf(clip))
    if (known === undefined || known.version < clip.version) newest.set(nameOf(clip), clip)
  }
  return {
    newest: [...newest.values()],
    find: (language, key, text) => {
      const clip = newest.get(nameOf({ language, key }))
      // Recorded from other words: it would say what is no longer meant.
      if (clip === undefined || clip.text !== text) return undefined
      return `${publicUrl}${CLIPS_PATH}/${clip.sha256}.${clip.type === 'audio/wav' ? 'wav' : 'mp3'}`
    },
  }
}

export interface ClipGap {
  readonly language: TextLocale
  readonly key: string
  readonly text: string | undefined
  /** `stale`: recorded from other words than today's. */
  readonly why: 'missing' | 'stale' | 'untranslated'
}

/** What a language still lacks of its script. */
export const clipGaps = (
  language: TextLocale,
  script: readonly { readonly key: string; readonly text: string | undefined }[],
  clips: readonly Clip[],
): readonly ClipGap[] => {
  const recorded = new Map(clips.filter((clip) => clip.language === language).map((clip) => [clip.key, clip]))
  return script.flatMap(({ key, text }): readonly ClipGap[] => {
    if (text === undefined) return [{ language, key, text, why: 'untranslated' }]
    const clip = recorded.get(key)
    if (clip?.text === text) return []
    return [{ language, key, text, why: clip === undefined ? 'missing' : 'stale' }]
  })
}
