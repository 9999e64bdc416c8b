import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { createS3Store } from '../../src/platform/object-store/s3.ts'
import { namedS3, startS3 } from '../support/s3-server.ts'
import { objectStoreContract } from './object-store.contract.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-store-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

objectStoreContract('files', async () => ({
  store: createFileStore({ folder: path.join(folder, 'contract') }),
  close: async () => {},
}))

objectStoreContract(
  'S3 (s3rver)',
  async () => {
    const server = await startS3()
    return { store: createS3Store(server.options), close: server.stop }
  },
  // s3rver takes the end 0 of `bytes=0-0` for no end.
  { ignoresFirstByteRange: true },
)

const named = namedS3(process.env)
if (named)
  objectStoreContract('S3 (TEST_S3_ENDPOINT)', async () => ({
    store: createS3Store(named),
    close: async () => {},
  }))

describe('files', () => {
  it('adopts a file by moving it, and a repeat changes nothing', async () => {
    const store = createFileStore({ folder: path.join(folder, 'adopting') })
    const file = path.join(folder, 'finished')
    fs.writeFileSync(file, 'whole')
    const { ino } = fs.statSync(file)
    await store.adopt('originals/one', file)
    await store.adopt('originals/one', file)
    expect(fs.existsSync(file)).toBe(false)
    const [stored] = fs.globSync(path.join(folder, 'adopting/??/??/originals%2Fone'))
    expect(fs.statSync(stored!).ino).toBe(ino)
    await expect(store.adopt('originals/two', file)).rejects.toThrow(/ENOENT/)
  })

  it('discards what a killed process left half written, once it is old enough', async () => {
    const store = createFileStore({ folder: path.join(folder, 'killed') })
    await store.put('a', Readable.from([Buffer.from('x')]), { maxBytes: 10 })
    fs.writeFileSync(path.join(folder, 'killed/.incoming/left'), 'half')
    expect(await store.discardUnfinished(new Date(0))).toBe(0)
    expect(await store.discardUnfinished(new Date(Date.now() + 60_000))).toBe(1)
    expect(fs.readdirSync(path.join(folder, 'killed/.incoming'))).toEqual([])
  })
})

describe('S3', () => {
  const nowhere = {
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    bucket: 'wasl',
    accessKeyId: 'key-id-canary',
    secretAccessKey: 'secret-canary',
    forcePathStyle: true,
  }

  it.each([
    ['check', (store: ReturnType<typeof createS3Store>) => store.check()],
    ['head', (store) => store.head('a')],
    ['get', (store) => store.get('a')],
    ['delete', (store) => store.delete('a')],
    ['list', (store) => Array.fromAsync(store.list(''))],
    ['put', (store) => store.put('a', Readable.from([Buffer.from('x')]), { maxBytes: 10 })],
  ] as [string, (store: ReturnType<typeof createS3Store>) => Promise<unknown>][])(
    'says that the store is unavailable, without a secret: %s',
    async (_operation, call) => {
      const error: unknown = await call(createS3Store(nowhere)).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ name: 'AppError', code: 'unavailable' })
      expect(JSON.stringify(error) + String(error)).not.toMatch(/canary/)
    },
  )
})
