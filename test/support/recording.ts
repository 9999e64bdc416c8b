import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { pollUntil } from './poll-until.ts'
import type { WebServer } from './web-server.ts'

/** Presses a button of the recorder. */
export const press = (page: Page, what: string) => page.locator(`#recorder [data-do=${what}]`).click()
export const statusOf = (page: Page) => page.locator('#recorder [data-part=status]')
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

export const clockAt = (page: Page, time: string) =>
  page.locator('[data-part=clock]').getByText(time, { exact: true }).waitFor({ timeout: 120_000 })

export const playing = (page: Page) =>
  pollUntil(
    async () =>
      (await page.evaluate<number>("document.querySelector('#recorder [data-part=player]').currentTime")) >
      0.2,
  )

/** How long a recording is when it is heard: a live one does not say it in its head. */
export const secondsOf = (folder: string, bytes: Buffer): number => {
  const file = path.join(folder, `${sha256(bytes)}.webm`)
  fs.writeFileSync(file, bytes)
  const args = ['-v', 'error', '-i', file, '-vn', '-f', 's16le', '-ac', '1', '-ar', '8000', '-']
  return execFileSync('ffmpeg', args, { maxBuffer: 64 * 1024 * 1024 }).length / 16_000
}

/** The uploads that have come, oldest first, with their bytes. */
export const arrivedUploads = async (server: WebServer, folder: string) => {
  const rows = await server.db.sql<
    { name: string; sha256: string; object_key: string; declared_type: string }[]
  >`select name, sha256, object_key, declared_type from uploads where finished_at is not null order by created_at`
  const store = createFileStore({ folder: path.join(folder, 'objects') })
  return Promise.all(
    rows.map(async (row) => {
      const stream = await store.get(row.object_key)
      return { ...row, bytes: stream ? await buffer(stream) : Buffer.alloc(0) }
    }),
  )
}

/** The same once there are so many; gives the last. */
export const lastArrived = async (server: WebServer, folder: string, count: number, patience = 60_000) => {
  await pollUntil(async () => (await arrivedUploads(server, folder)).length >= count, patience)
  const last = (await arrivedUploads(server, folder)).at(-1)
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
