import { describe, expect, it } from 'vitest'
import { message, text } from './text.ts'

describe('Amazigh, where its texts exist', () => {
  it('falls back text by text, and says in which language a text really is', () => {
    const lagging = message('zgh', 'home.title')
    expect(lagging).toEqual({ text: text('ar', 'home.title'), lang: 'ar' })
    expect(message('fr', 'home.title').lang).toBe('fr')
  })

  it('fills in numbers where ICU has no rules for it', () => {
    expect(text('zgh', 'state.round', { round: 2 })).toContain('2')
  })
})
