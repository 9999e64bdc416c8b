import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { LOCALES, type TextLocale } from '../../src/core/locale.ts'
import { type Asset, makeAsset } from '../../src/html/assets.ts'
import { hasText, type TextKey, text } from '../../src/html/text.ts'

/** The most a recording may cost on a slow line (ux G4). */
const MOST_BYTES = 40 * 1024

const manifestSchema = z.strictObject({
  clips: z.array(
    z.strictObject({
      key: z.string(),
      text: z.string().min(1),
      file: z.string().regex(/^[\w.-]+\.mp3$/),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})

/** The recording of a text, as the address a page links to; undefined where none says today's words. */
export type ClipOf = (locale: TextLocale, key: TextKey) => string | undefined

export interface PageClips {
  readonly of: ClipOf
  /** To be served by the host. */
  readonly assets: readonly Asset[]
}

const readRecording = (folder: string, { file, sha256 }: { file: string; sha256: string }): Buffer => {
  const bytes = fs.readFileSync(path.join(folder, file))
  if (bytes.length > MOST_BYTES)
    throw new Error(`${file} has ${bytes.length} bytes; ${MOST_BYTES} are the most.`)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new Error(`${file} is not the recording its manifest names.`)
  return bytes
}

/** Reads the clips of every language under a folder. Throws what is wrong with a manifest. */
export const readPageClips = (
  folder: string = fileURLToPath(new URL('clips', import.meta.url)),
): PageClips => {
  const clips = new Map<string, Asset>()
  for (const locale of [...LOCALES, 'zgh'] as const) {
    const manifest = path.join(folder, locale, 'manifest.json')
    if (!fs.existsSync(manifest)) continue
    for (const clip of manifestSchema.parse(JSON.parse(fs.readFileSync(manifest, 'utf8'))).clips) {
      // Recorded from words that have changed since: no button, until it is recorded anew.
      if (!hasText(clip.key) || text(locale, clip.key) !== clip.text) continue
      const name = `${locale}-${clip.key}.mp3`
      clips.set(
        `${locale}/${clip.key}`,
        makeAsset(name, 'audio/mpeg', readRecording(path.join(folder, locale), clip)),
      )
    }
  }
  return { of: (locale, key) => clips.get(`${locale}/${key}`)?.url, assets: [...clips.values()] }
}
