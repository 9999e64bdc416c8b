import { describe, expect, it } from 'vitest'
import { homePage } from '../../channels/web/home.page.ts'
import { AMAZIGH_ASSETS, AMAZIGH_STYLE } from './assets.ts'
import { page } from './layout.ts'
import { text } from './text.ts'

describe('a page in Amazigh whose words are not all translated (G3, G10)', () => {
  const home = homePage('zgh', '+212530000100', () => undefined)

  it('runs left to right, and says of each borrowed text that it is Arabic', () => {
    expect(home).toContain('<html lang="zgh" dir="ltr">')
    expect(home).toContain('<strong>ⴰⵔⴰ</strong>')
    expect(home).toContain('<h1><span lang="ar" dir="rtl">قولوا لنا ما وقع</span></h1>')
    expect(home).not.toMatch(/[\uE000-\uF8FF]/)
  })

  it('sets no language where none can be: in a title, in an attribute', () => {
    const nested = page({
      locale: 'zgh',
      title: text('zgh', 'home.title'),
      path: '/',
      body: `<input aria-label="${text('zgh', 'home.lead')}">`,
      hasErrors: true,
    })
    expect(nested).toContain(
      `<title>${text('ar', 'page.error', { title: text('ar', 'home.title') })} – ⵡⴰⵚⵍ</title>`,
    )
    expect(nested).toContain(`aria-label="${text('ar', 'home.lead')}"`)
  })

  it('leads where there are words: into the Arabic pages', () => {
    expect(home).toContain('href="/ar/file/message?way=speak"')
    expect(home).toContain('href="/zgh/privacy"')
  })

  it('alone loads the letters of Amazigh, under 15 KB', () => {
    expect(home).toContain(AMAZIGH_STYLE.url)
    expect(homePage('ar', undefined, () => undefined)).not.toContain(AMAZIGH_STYLE.url)
    expect(AMAZIGH_ASSETS.reduce((sum, { brotli }) => sum + brotli.length, 0)).toBeLessThan(15 * 1024)
  })
})
