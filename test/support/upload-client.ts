import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import { readUpload } from '../../src/intake/uploads/upload-queries.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { createTestDatabase } from './postgres-cluster.ts'
import { type S3Server, startS3 } from './s3-server.ts'
import { startUploadServer, temporaryFolder, type UploadServer } from './upload-server.ts'

export const OCTETS = { 'content-type': 'application/offset+octet-stream' }
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const KINDS = ['files', 's3'] as const

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
export const idOf = (location: string) => location.split('/').at(-1) ?? ''

/** An upload server of its own for the tests of a block, over files or over S3, and a tus client beside it. */
export const useUploads = (kind: (typeof KINDS)[number]) => {
  let server: UploadServer
  let folder: string
  const endings: (() => unknown)[] = []
  let clients = 0

  beforeAll(async () => {
    const database = await createTestDatabase(inject('postgresUrl'))
    folder = temporaryFolder()
    const s3: S3Server | undefined = kind === 's3' ? await startS3() : undefined
    server = await startUploadServer({
      databaseUrl: database.url,
      folder,
      ...(s3 ? { s3: s3.options } : {}),
    })
    endings.push(
      server.close,
      database.drop,
      () => s3?.stop(),
      () => fs.rmSync(folder, { recursive: true }),
    )
  })
  afterAll(async () => {
    for (const end of endings) await end()
  })

  const freshClient = () => {
    clients += 1
    return { 'x-client': `client-${clients}` }
  }
  const call = (method: string, target: string, headers: Record<string, string> = {}, body?: Buffer) =>
    fetch(new URL(target, server.url), {
      method,
      headers: { 'tus-resumable': '1.0.0', ...headers },
      ...(body ? { body } : {}),
    })
  const declare = async (bytes: number, headers: Record<string, string> = {}) => {
    const response = await call('POST', '/api/v1/uploads', {
      'upload-length': String(bytes),
      ...freshClient(),
      ...headers,
    })
    return { response, location: response.headers.get('location') ?? '' }
  }
  const patch = (location: string, offset: number, body: Buffer, headers: Record<string, string> = {}) =>
    call('PATCH', location, { ...OCTETS, 'upload-offset': String(offset), ...headers }, body)

  return {
    get server() {
      return server
    },
    get folder() {
      return folder
    },
    freshClient,
    call,
    declare,
    patch,
    offsetOf: async (location: string, headers: Record<string, string> = {}) =>
      Number((await call('HEAD', location, headers)).headers.get('upload-offset')),
    uploaded: async (bytes: Buffer, headers: Record<string, string> = {}) => {
      const { location } = await declare(bytes.length, headers)
      expect((await patch(location, 0, bytes, headers)).status).toBe(204)
      return location
    },
    rowOf: async (location: string) => (await readUpload(server.deps, idOf(location)))!,
    newDraft: async (expiresIn = 7 * DAY) => {
      const id = newUuidV7()
      await server.db.sql`
        insert into drafts (id, token_sha256, language, submission_key, created_at, updated_at, expires_at)
        values (${id}, ${id}, 'ar', ${id}, now(), now(), ${new Date(Date.now() + expiresIn)})`
      return id
    },
  }
}
