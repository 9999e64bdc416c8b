import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Filed, file, uploadFile } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'
import { processesUnder } from '../support/media.ts'
import { amr, pngBomb, truncatedMp4 } from '../support/media-files.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let gateway: GatewayProcess
let calls = 0
const canary = net.createServer((socket) => {
  calls += 1
  socket.destroy()
})
let canaryUrl = ''

beforeAll(async () => {
  folder = scratchFolder('files')
  database = await createTestDatabase(inject('postgresUrl'))
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  canaryUrl = `http://127.0.0.1:${(canary.address() as net.AddressInfo).port}/canary`
  gateway = await startGatewayProcess({
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: database.url,
    SECRET_KEY: 'hostile-files-hostile-files-hostile-files',
    PORT: String(await freePort()),
  })
})
afterAll(async () => {
  await gateway.end('SIGTERM')
  canary.close()
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

interface Tracked {
  readonly state: string
  readonly media: readonly { readonly id: string; readonly state: string; readonly url?: string }[]
}
const track = async ({ reference, accessCode }: Filed): Promise<Tracked> => {
  const response = await fetch(`${gateway.base}/api/v1/complaints/${reference}`, {
    headers: { 'access-code': accessCode },
  })
  return (await response.json()) as Tracked
}

const playlist = () => `#EXTM3U\n#EXTINF:1,\n${canaryUrl}\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n`
const svg = () =>
  `<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("${canaryUrl}")</script><image href="${canaryUrl}"/></svg>`
const FILES: readonly (readonly [string, string, () => Buffer])[] = [
  ['clip.mp4', 'video/mp4', () => Buffer.from(playlist())],
  ['bomb.png', 'image/png', pngBomb],
  ['drawing.svg', 'image/svg+xml', () => Buffer.from(svg())],
  ['broken.mp4', 'video/mp4', () => truncatedMp4(folder)],
  [
    'song.mp3',
    'audio/mpeg',
    () => Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(4096, 7)]),
  ],
]

it('accepts a complaint with hostile files, makes nothing of them, and plays the good one after them', async () => {
  const uploads: string[] = []
  for (const [name, type, bytes] of FILES) uploads.push(await uploadFile(gateway.base, name, type, bytes()))
  const filed = await file(gateway.base, 'hostile-files', { uploads, administration: undefined })
  const voice = [await uploadFile(gateway.base, 'voice.amr', 'audio/amr', amr())]
  const control = await file(gateway.base, 'control', { uploads: voice, administration: undefined })
  const mediaOf = (one: Filed) =>
    until('an end of every file', async () => {
      const { media } = await track(one)
      return media.every(({ state }) => state === 'failed' || state === 'ready') && media
    })
  expect((await mediaOf(filed)).map(({ state, url }) => ({ state, url }))).toEqual(
    FILES.map(() => ({ state: 'failed', url: undefined })),
  )
  const [good] = await mediaOf(control)
  expect(good?.state).toBe('ready')
  const played = await fetch(good?.url ?? '')
  expect(played.status).toBe(200)
  expect(played.headers.get('x-content-type-options')).toBe('nosniff')

  expect(calls).toBe(0)
  const work = path.join(folder, 'data', 'work')
  await until('an empty work folder', async () =>
    fs.readdirSync(work).every((name) => !name.startsWith('job-')),
  )
  expect(processesUnder(work)).toEqual([])
}, 90_000)

it('refuses a file without bytes clearly', async () => {
  await expect(uploadFile(gateway.base, 'empty.mp3', 'audio/mpeg', Buffer.alloc(0))).rejects.toThrow(
    /400.*file_empty/,
  )
})
