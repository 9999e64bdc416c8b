import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { createUploadLink } from '../../src/intake/upload-links.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { acceptanceOver, submissionOf, testSecrets } from '../support/acceptance.ts'
import { expectAccessible, visit } from '../support/browser.ts'
import { pollUntil } from '../support/poll-until.ts'
import { arrivedUploads, clockAt, press } from '../support/recording.ts'
import { openWebStage } from '../support/web-stage.ts'

const { server, browser, folder, close } = await openWebStage('upload')
afterAll(close)

const CONTINUE = 'button[name=action][value=continue]'
const removes = (page: Page) => page.locator('#attached li button[name=remove]')
const newest = async (count: number) => {
  await pollUntil(async () => (await arrivedUploads({ server, folder })).length >= count, 30_000)
  return (await arrivedUploads({ server, folder })).at(-1)!
}

/** A photograph as telephones take it: large, turned, with the place it was taken at. */
const photograph = async () => {
  const noise = Buffer.from(Array.from({ length: 3000 * 2000 * 3 }, (_, at) => (at * 2654435761) >>> 24))
  return sharp(noise, { raw: { width: 3000, height: 2000, channels: 3 } })
    .jpeg({ quality: 90 })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD3: { GPSLatitude: '34/1 1/1 0/1' } })
    .toBuffer()
}

describe('a large photograph', () => {
  it('is made smaller, upright and without its place; the citizen may send the original instead', async () => {
    const { page, complaints, context } = await visit(browser, { locale: 'fr' })
    const original = await photograph()
    await page.goto(`${server.url}/fr/file/message?way=write`)
    await page.waitForLoadState('load')
    await page.setInputFiles('#files', { name: 'IMG 0042.JPG', mimeType: 'image/jpeg', buffer: original })
    const smaller = await newest(1)
    expect(smaller.name).toBe('IMG 0042.jpg')
    expect(smaller.bytes.length).toBeLessThan(original.length / 2)
    const { width, height, exif } = await sharp(smaller.bytes).metadata()
    expect({ width, height, exif }).toEqual({ width: 1067, height: 1600, exif: undefined })
    await removes(page).waitFor()

    await page.reload()
    await page.waitForLoadState('load')
    await removes(page).click()
    await page.waitForURL('**#attached')
    await page.waitForLoadState('load')
    let isHeld = true
    await page.route('**/api/v1/uploads/*', async (route) => {
      if (route.request().method() === 'PATCH') await pollUntil(() => !isHeld, 30_000).catch(() => {})
      await route.continue().catch(() => {})
    })
    await page.setInputFiles('#files', { name: 'IMG 0042.JPG', mimeType: 'image/jpeg', buffer: original })
    await page.getByRole('button', { name: 'Envoyer l’original' }).click()
    isHeld = false
    const whole = await newest(2)
    expect(whole.sha256).toBe(createHash('sha256').update(original).digest('hex'))
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe('what cannot be taken (U13)', () => {
  const cases = [
    {
      what: 'a file of 60 MB',
      name: 'film.mp4',
      type: 'video/mp4',
      bytes: 60 * 1024 * 1024,
      says: /dépasse 50.Mo/,
    },
    { what: 'an empty file', name: 'vide.mp3', type: 'audio/mpeg', bytes: 0, says: /est vide/ },
    { what: 'a program', name: 'virus.exe', type: 'application/x-msdownload', bytes: 20, says: /ni audio/ },
  ]
  it.each(cases)(
    '$what is told at once, with the way to mend it, and the words stay',
    async ({ name, type, bytes, says }) => {
      const { page, context } = await visit(browser, { locale: 'fr' })
      await page.goto(`${server.url}/fr/file/message?way=write`)
      await page.waitForLoadState('load')
      await page.fill('#text', 'Ce que j’ai écrit reste.')
      const file = path.join(folder, name)
      fs.writeFileSync(file, Buffer.alloc(bytes, 1))
      await page.evaluate(`(() => {
      const input = document.querySelector('#files')
      const given = new DataTransfer()
      given.items.add(new File([new Uint8Array(${bytes})], ${JSON.stringify(name)}, { type: ${JSON.stringify(type)} }))
      input.files = given.files
      input.dispatchEvent(new Event('change', { bubbles: true }))
    })()`)
      await page.getByRole('alert').getByText(says).waitFor()
      expect(await page.getByRole('alert').getByText(says).innerText()).toMatch(/Choisissez/)
      expect(await page.locator('#attached li').count()).toBe(0)
      expect(await page.inputValue('#text')).toBe('Ce que j’ai écrit reste.')
      await expectAccessible(page)
      await context.close()
    },
  )

  it('a program under the name of a recording is told at the next press, and the others stay', async () => {
    const { page, context } = await visit(browser, { locale: 'fr' })
    await page.goto(`${server.url}/fr/file/message?way=write`)
    await page.waitForLoadState('load')
    await page.fill('#text', 'Ce que j’ai écrit reste.')
    await page.setInputFiles('#files', [
      { name: 'lettre.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 letter') },
      { name: 'voix.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('MZ\u0090 a program') },
    ])
    await removes(page).nth(1).waitFor()
    await page.click(CONTINUE)
    await page.locator('.problem').getByText('voix.mp3').waitFor()
    expect(await page.title()).toMatch(/^Erreur/)
    expect(await removes(page).count()).toBe(1)
    expect(await page.inputValue('#text')).toBe('Ce que j’ai écrit reste.')
    await context.close()
  })
})

describe('the page of a link', () => {
  it('waits for whole files, takes several and a recording under way, and sends them once', async () => {
    const { accept } = await acceptanceOver(server.db)
    const { complaintId } = await accept(submissionOf({ channel: 'sms', language: 'fr' }))
    const deps = {
      clock: server.clock,
      newId: newUuidV7,
      secrets: testSecrets,
      publicUrl: 'http://127.0.0.1',
    }
    const { pathname } = new URL(await createUploadLink(server.db.orm, deps, complaintId))
    const { page, complaints, context } = await visit(browser, { locale: 'fr' })
    await page.goto(`${server.url}/fr${pathname}`)
    await page.waitForLoadState('load')
    await page.setInputFiles('#files', [
      { name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(200_000, '%PDF-1.7 a ') },
      { name: 'b.mp3', mimeType: 'audio/mpeg', buffer: Buffer.alloc(100_000, 'ID3 b ') },
    ])
    await press(page, 'record')
    await clockAt(page, 5)
    await expectAccessible(page)
    await page.click('form > button.button')
    await page.getByText('Nous avons reçu vos fichiers').first().waitFor()
    const names = await server.db.sql<{ name: string }[]>`
      select name from media_assets where complaint_id = ${complaintId} order by name`
    expect(names.map(({ name }) => name)).toEqual(['Message vocal 1.webm', 'a.pdf', 'b.mp3'])
    expect(complaints).toEqual([])
    await context.close()
  })
})
