import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { text } from '../../src/html/text.ts'
import { readPageClips } from './clips.ts'
import { homePage } from './home.page.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-clips-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))
beforeEach(() => {
  for (const locale of ['ar', 'fr']) fs.mkdirSync(path.join(folder, locale), { recursive: true })
})

const SOUND = Buffer.from('ID3 a recording')
const record = (locale: string, key: string, words: string, bytes = SOUND, sha256?: string) => {
  fs.writeFileSync(path.join(folder, locale, 'clip.mp3'), bytes)
  const clip = {
    key,
    text: words,
    file: 'clip.mp3',
    sha256: sha256 ?? createHash('sha256').update(bytes).digest('hex'),
  }
  fs.writeFileSync(path.join(folder, locale, 'manifest.json'), JSON.stringify({ clips: [clip] }))
}

describe('listen buttons (G4)', () => {
  it('play what is recorded in the words of today, and nothing else', () => {
    record('ar', 'home.lead', text('ar', 'home.lead'))
    record('fr', 'home.lead', 'Les mots d’hier.')
    const clips = readPageClips(folder)
    const arabic = homePage('ar', undefined, clips.of)
    expect(arabic.match(/<a class="listen"/g)).toHaveLength(1)
    expect(arabic).toContain(`href="${clips.assets[0]?.url}"`)
    const french = homePage('fr', undefined, clips.of)
    expect(french).not.toContain('<a class="listen"')
    // Until they are recorded, the browser reads them where it can.
    expect(french.match(/<button type="button" class="link listen" hidden/g)).toHaveLength(4)
    expect(clips.assets).toHaveLength(1)
  })

  it('never lead to more than 40 KB, nor to another recording than the manifest names', () => {
    record('ar', 'home.lead', text('ar', 'home.lead'), Buffer.alloc(41 * 1024))
    expect(() => readPageClips(folder)).toThrow('clip.mp3 has')
    record('ar', 'home.lead', text('ar', 'home.lead'), SOUND, '0'.repeat(64))
    expect(() => readPageClips(folder)).toThrow('not the recording')
  })

  it('are read from the house as it is', () => {
    expect(() => readPageClips()).not.toThrow()
  })
})
