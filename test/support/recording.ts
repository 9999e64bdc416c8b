import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { BrowserContext, Page } from 'playwright-core'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { pollUntil } from './poll-until.ts'
import type { WebServer } from './web-server.ts'

/** Presses a button of the recorder. */
export const press = (page: Page, what: string) => page.locator(`#recorder [data-do=${what}]`).click()
export const statusOf = (page: Page) => page.locator('#recorder [data-part=status]')
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

const clockOf = (page: Page) => page.locator('#recorder [data-part=clock]')
/** What the recorder's clock shows. */
export const secondsShown = async (page: Page): Promise<number> => {
  const [minutes = 0, seconds = 0] = (await clockOf(page).innerText()).split(':').map(Number)
  return minutes * 60 + seconds
}

/** Waits until the recorder's clock shows so many seconds or more: a busy page passes single ones over. */
export const clockAt = (page: Page, seconds: number) =>
  pollUntil(async () => (await secondsShown(page)) >= seconds, 200_000)

/** Waits until the microphone has given sound: how soon is the machine's affair. */
export const heard = (page: Page) =>
  pollUntil(
    () => page.evaluate<boolean>("document.querySelector('#recorder [data-part=meter]').value > 0"),
    60_000,
  )

export const playing = (page: Page) =>
  pollUntil(
    async () =>
      (await page.evaluate<number>("document.querySelector('#recorder [data-part=player]').currentTime")) >
      0.2,
    60_000,
  )

/** How long a recording is when it is heard: a live one does not say it in its head. */
export const secondsOf = (folder: string, bytes: Buffer): number => {
  const file = path.join(folder, `${sha256(bytes)}.webm`)
  fs.writeFileSync(file, bytes)
  const args = ['-v', 'error', '-i', file, '-vn', '-f', 's16le', '-ac', '1', '-ar', '8000', '-']
  return execFileSync('ffmpeg', args, { maxBuffer: 64 * 1024 * 1024 }).length / 16_000
}

/** The uploads a person's browser opens from here on, by their ids: several people may be at one server. */
export const uploadsOf = (context: BrowserContext): ReadonlySet<string> => {
  const opened = new Set<string>()
  context.on('response', (response) => {
    const location = response.headers()['location']
    if (response.request().method() === 'POST' && location?.startsWith('/api/v1/uploads/'))
      opened.add(path.basename(location))
  })
  return opened
}

/** Which uploads are meant: those of a server and its folder, of one person where `of` is given. */
export interface Arrivals {
  readonly server: WebServer
  readonly folder: string
  readonly of?: ReadonlySet<string>
}

/** The uploads that have come, oldest first, with their bytes. */
export const arrivedUploads = async ({ server, folder, of }: Arrivals) => {
  const rows = await server.db.sql<
    { id: string; name: string; sha256: string; object_key: string; declared_type: string }[]
  >`select id, name, sha256, object_key, declared_type from uploads where finished_at is not null order by created_at`
  const store = createFileStore({ folder: path.join(folder, 'objects') })
  return Promise.all(
    rows
      .filter(({ id }) => of === undefined || of.has(id))
      .map(async (row) => {
        const stream = await store.get(row.object_key)
        return { ...row, bytes: stream ? await buffer(stream) : Buffer.alloc(0) }
      }),
  )
}

/** The same once there are so many; gives the last. */
export const lastArrived = async (arrivals: Arrivals, count: number, patience = 60_000) => {
  await pollUntil(async () => (await arrivedUploads(arrivals)).length >= count, patience)
  const last = (await arrivedUploads(arrivals)).at(-1)
  if (last === undefined) throw new Error('nothing has arrived')
  return last
}

/** A line as it is in the mountains: 50 kbit/s down, 20 up, half a second late. */
export const SLOW = { downloadThroughput: 50_000 / 8, uploadThroughput: 20_000 / 8, latency: 500 }

export const throttle = async (page: Page, line: typeof SLOW): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', { offline: false, ...line })
}

/** Every slice that the browser's recorder gives, take by take, as this test hears it: it outlives the tab. */
export const eavesdrop = async (context: BrowserContext): Promise<Buffer[][]> => {
  const takes: Buffer[][] = []
  await context.exposeFunction('heard', (take: number, slice: string) => {
    takes[take] = [...(takes[take] ?? []), Buffer.from(slice, 'base64')]
  })
  await context.exposeFunction('takeNumber', () => takes.push([]) - 1)
  await context.addInitScript(`(() => {
    const Real = window.MediaRecorder
    window.MediaRecorder = class extends Real {
      constructor(...given) {
        super(...given)
        const take = window.takeNumber()
        let told = Promise.resolve()
        this.addEventListener('dataavailable', ({ data }) => {
          told = told.then(async () => {
            const bytes = new Uint8Array(await data.arrayBuffer())
            if (bytes.length > 0) await window.heard(await take, btoa(String.fromCharCode(...bytes)))
          })
        })
      }
    }
  })()`)
  return takes
}

/** The tab dies as a telephone without battery does: nothing of the page runs any more. */
export const killTab = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  const died = page.waitForEvent('crash')
  void session.send('Page.crash').catch(() => {})
  await died
  await page.close()
}

/** Notes every word the live regions say from here on, with the time, in `window.said`. */
export const noteWords = (page: Page) =>
  page.evaluate(`(() => {
    window.said = []
    for (const region of document.querySelectorAll('[role=status]'))
      new MutationObserver(() => window.said.push({ at: performance.now(), words: region.textContent, region: region.dataset.part ?? 'files' }))
        .observe(region, { childList: true, characterData: true, subtree: true })
  })()`)
