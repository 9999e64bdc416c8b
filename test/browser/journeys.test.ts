import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { follow, PRIMARY, visit } from '../support/browser.ts'
import { ffmpeg } from '../support/media.ts'
import { pollUntil } from '../support/poll-until.ts'
import { openWebStage } from '../support/web-stage.ts'

const { server, browser, folder, close } = await openWebStage('journey')
afterAll(close)

const pressButton = (page: Page) => follow(page, PRIMARY)

const filedTextAndMedia = async () => {
  const { complaintId } = server.accepted.at(-1)!
  const [complaint] = await server.db.sql<{ text: string; language: string; count: number }[]>`
    select text, language, (select count(*)::int from complaints) as count from complaints where id = ${complaintId}`
  const media = await server.db.sql<{ name: string; bytes: string; sha256: string }[]>`
    select name, bytes, sha256 from media_assets where complaint_id = ${complaintId} order by position`
  return { ...complaint, media: media.map(({ name, bytes }) => ({ name, bytes: Number(bytes) })) }
}

describe('a text complaint in Arabic without scripts (U1)', () => {
  it('reaches the receipt in five pages and five presses, under 60 KB, without an error', async () => {
    const { page, complaints, transferred, context } = await visit(browser, { javaScriptEnabled: false })
    const loads: string[] = []
    let presses = 0
    const press = async (action: Promise<unknown>) => {
      presses += 1
      await action
      loads.push(new URL(page.url()).pathname)
    }
    await page.goto(`${server.url}/ar/`)
    await press(follow(page, 'a.way'))
    await page.fill('#text', 'انقطع الماء في حي السلام منذ ثلاثة أيام، ولم يجبنا أحد.')
    await press(pressButton(page))
    await page.getByRole('radio').first().check()
    await press(pressButton(page))
    await page.locator('input[value=none]').check()
    await press(pressButton(page))
    await press(pressButton(page))
    expect(loads.slice(0, 4)).toEqual(
      ['message', 'office', 'contact', 'check'].map((step) => `/ar/file/${step}`),
    )
    expect(loads[4]).toMatch(/^\/receipts\//)
    expect(presses).toBeLessThanOrEqual(5)
    expect(await page.locator('h1').textContent()).toBe(server.accepted.at(-1)!.reference)
    expect(complaints).toEqual([])
    expect(transferred()).toBeLessThan(60 * 1024)
    await context.close()
  })

  it('goes by keyboard alone, with the focus always seen (U3)', async () => {
    const { page, context } = await visit(browser, {
      javaScriptEnabled: false,
      viewport: { width: 1280, height: 720 },
    })
    const focusedTo = async (selector: string) => {
      for (let tabs = 0; tabs < 40; tabs += 1) {
        await page.keyboard.press('Tab')
        const seen = await page.evaluate<{ hit: boolean; outlined: boolean; inView: boolean }>(`(() => {
          const focused = document.activeElement
          const frame = focused.closest('.choice') ?? focused
          const box = frame.getBoundingClientRect()
          return {
            hit: focused.matches(${JSON.stringify(selector)}),
            outlined: getComputedStyle(frame).outlineStyle !== 'none',
            inView: box.bottom > 0 && box.top < innerHeight,
          }
        })()`)
        expect(seen, page.url()).toMatchObject({ outlined: true, inView: true })
        if (seen.hit) return
      }
      throw new Error(`Tab never reached ${selector}`)
    }
    const enter = async () => {
      const loaded = page.waitForEvent('load')
      await page.keyboard.press('Enter')
      await loaded
    }
    await page.goto(`${server.url}/ar/`)
    await focusedTo('a.way')
    await enter()
    await focusedTo('#text')
    await page.keyboard.type('الطريق مقطوع منذ الأمطار الأخيرة.')
    await focusedTo('button.button')
    await enter()
    await focusedTo('#office')
    await page.keyboard.press('Space')
    await focusedTo('button.button:not(.second)')
    await enter()
    await focusedTo('#contact')
    await page.keyboard.press('ArrowUp')
    await focusedTo('button.button')
    await enter()
    await focusedTo('button.button')
    await enter()
    expect(page.url()).toContain('/receipts/')
    await context.close()
  })
})

describe('a complaint with sound, film and text in French with scripts', () => {
  const files = () => {
    const voice = path.join(folder, 'ma voix.mp3')
    const film = path.join(folder, 'فيديو.mp4')
    if (!fs.existsSync(voice)) ffmpeg('-f', 'lavfi', '-i', 'sine=440:d=2', voice)
    if (!fs.existsSync(film))
      ffmpeg(
        '-f',
        'lavfi',
        '-i',
        'testsrc2=s=320x240:r=10:d=2',
        '-c:v',
        'libx264',
        '-pix_fmt',
        'yuv420p',
        film,
      )
    return [voice, film]
  }

  it('sends the files on their own, over cuts, and keeps the text', async () => {
    const { page, complaints, context } = await visit(browser)
    await page.goto(`${server.url}/fr/`)
    await follow(page, 'a.way[href*=speak]')
    await page.fill('#text', 'Le bus ne passe plus devant l’école.')
    let cuts = 0
    await page.route('**/api/v1/uploads/*', (route) => {
      if (route.request().method() !== 'PATCH' || cuts >= 2) return route.continue()
      cuts += 1
      return route.abort('connectionreset')
    })
    await page.setInputFiles('#files', files())
    await page.waitForSelector('#attached li:nth-child(2) button[name=remove]', { timeout: 30_000 })
    expect(cuts).toBe(2)
    await page.getByText('est bien arrivé').waitFor()
    await pressButton(page)
    await page.getByRole('radio').nth(1).check()
    await pressButton(page)
    await page.locator('input[value=email]').check()
    await page.fill('#email', 'Saida@Exemple.MA')
    await pressButton(page)
    await page.waitForURL('**/fr/file/check')
    const plays = await page.evaluate<boolean>(`new Promise((resolve) => {
      const player = document.querySelector('audio')
      player.onloadedmetadata = () => resolve(player.duration > 1)
      player.onerror = () => resolve(false)
      player.load()
      player.preload = 'metadata'
    })`)
    expect(plays).toBe(true)
    await pressButton(page)
    await page.waitForURL('**/receipts/*')
    const [voice, film] = files() as [string, string]
    expect(await filedTextAndMedia()).toMatchObject({
      text: 'Le bus ne passe plus devant l’école.',
      language: 'fr',
      media: [
        { name: 'ma voix.mp3', bytes: fs.statSync(voice).size },
        { name: 'فيديو.mp4', bytes: fs.statSync(film).size },
      ],
    })
    expect(complaints.filter((words) => !words.includes('ERR_CONNECTION_RESET'))).toEqual([])
    await context.close()
  })

  it('says progress, pauses, resumes, and goes on to the next page while the file is on its way', async () => {
    const { page, context } = await visit(browser)
    await page.goto(`${server.url}/fr/file/message`)
    await page.fill('#text', 'Le guichet est fermé depuis lundi.')
    let isHeld = true
    await context.route('**/api/v1/uploads/*', async (route) => {
      if (route.request().method() === 'PATCH') await pollUntil(() => !isHeld, 30_000).catch(() => {})
      await route.continue().catch(() => {})
    })
    await page.setInputFiles('#files', files()[0] ?? '')
    await page.waitForSelector('#attached progress')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('en pause').waitFor()
    await page.getByRole('button', { name: 'Reprendre l’envoi' }).click()
    await page.click(PRIMARY)
    await page.waitForURL('**/fr/file/office')
    await page.getByText('le reste arrive seul').waitFor()
    isHeld = false
    await page.getByText('Tout est arrivé.').waitFor()
    await page.goto(`${server.url}/fr/file/message`)
    await page.locator('#attached button[name=remove]').click()
    await page.waitForURL('**/fr/file/message#attached')
    expect(await page.locator('#attached li').count()).toBe(0)
    expect(await page.inputValue('#text')).toBe('Le guichet est fermé depuis lundi.')
    await context.close()
  })

  it('suggests offices while typing', async () => {
    const { page, complaints, context } = await visit(browser)
    await page.goto(`${server.url}/fr/file/office`)
    await page.locator('#q').pressSequentially('electri')
    await page.getByRole('radio', { name: "Agence de l'eau et de l'électricité" }).waitFor()
    await page.getByRole('radio', { name: 'Ministère de la Santé' }).waitFor({ state: 'detached' })
    await page.getByRole('radio', { name: "Agence de l'eau et de l'électricité" }).check()
    await page.fill('#q', 'justice')
    await page.getByRole('radio', { name: 'Ministère de la Justice' }).waitFor()
    expect(await page.getByRole('radio', { checked: true }).getAttribute('value')).toBe('EAU')
    expect(complaints).toEqual([])
    await context.close()
  })

  it('files once after a double click, the back button and a second tab (U14)', async () => {
    const { page, context } = await visit(browser)
    await page.goto(`${server.url}/fr/file/message?way=write`)
    await page.fill('#text', 'Le guichet est fermé depuis lundi matin.')
    await pressButton(page)
    await page.getByRole('radio').first().check()
    await pressButton(page)
    await page.locator('input[value=none]').check()
    await pressButton(page)
    const second = await context.newPage()
    await second.goto(`${server.url}/fr/file/check`)
    const before = server.accepted.length
    await page.locator('main button.button').dblclick()
    await page.waitForURL('**/receipts/*')
    await second.locator('main button.button').click()
    await second.waitForURL('**/receipts/*')
    expect(second.url()).toBe(page.url())
    await page.goBack()
    expect(await page.locator('h1').textContent()).toBe('Déjà envoyée')
    expect(new Set(server.accepted.slice(before).map(({ reference }) => reference)).size).toBe(1)
    await context.close()
  })

  it('solves the proof of work by itself when its connection is busy', async () => {
    const { page, context } = await visit(browser)
    await page.goto(`${server.url}/fr/file/message?way=write`)
    await page.fill('#text', 'Le guichet est fermé depuis mardi matin.')
    await pressButton(page)
    await page.getByRole('radio').first().check()
    await pressButton(page)
    await page.locator('input[value=none]').check()
    await pressButton(page)
    await server.db.sql`update rate_windows set hits = 100000 where bucket like 'filing-3600:%'`
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000
    const slow = Math.floor(Date.now() / 20_000) * 20_000
    const [{ client } = { client: '' }] = await server.db.sql<{ client: string }[]>`
      select substring(bucket from 13) as client from rate_windows where bucket like 'filing-3600:%' limit 1`
    await server.db
      .sql`insert into rate_windows values (${`filing-3600:${client}`}, ${new Date(hour + 3_600_000)}, 100000)`
    for (const more of [0, 20_000, 40_000])
      await server.db
        .sql`insert into rate_windows values (${`filing-slow:${client}`}, ${new Date(slow + more)}, 1)`
    const slowed = page.waitForResponse((response) => response.status() === 429)
    await page.click(PRIMARY)
    await slowed
    await page.waitForURL('**/receipts/*', { timeout: 60_000 })
    await context.close()
  })
})
