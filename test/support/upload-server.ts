import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import type { Clock } from '../../src/core/clock.ts'
import type { ObjectStore } from '../../src/core/object-store.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { uploadRoutes } from '../../src/http/api/uploads.ts'
import { createApp } from '../../src/http/app.ts'
import { createFileStaging } from '../../src/intake/uploads/file-staging.ts'
import { createObjectStaging } from '../../src/intake/uploads/object-staging.ts'
import type { UploadDeps } from '../../src/intake/uploads/staging.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { createS3Store, type S3Options } from '../../src/platform/object-store/s3.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'

export interface UploadServer {
  readonly url: string
  readonly app: FastifyInstance
  readonly db: Database
  readonly deps: UploadDeps
  readonly store: ObjectStore
  /** Moves the clock of the use cases. */
  readonly clock: Clock & { ahead: number }
  close(): Promise<void>
}

export const temporaryFolder = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-uploads-'))

const partsOf = (folder: string, s3: S3Options | undefined) => {
  if (s3 !== undefined) {
    const store = createS3Store(s3)
    return { store, staging: createObjectStaging({ store, newId: newUuidV7 }) }
  }
  const store = createFileStore({ folder: path.join(folder, 'objects') })
  return { store, staging: createFileStaging({ folder: path.join(folder, 'uploads'), store }) }
}

/** The upload door over real parts. Headers stand for what the session and the network say: x-draft, x-client. */
export const startUploadServer = async (options: {
  readonly databaseUrl: string
  readonly folder: string
  readonly s3?: S3Options
}): Promise<UploadServer> => {
  const db = openDatabase({ url: options.databaseUrl, connections: 4 })
  const clock = { ahead: 0, now: () => new Date(Date.now() + clock.ahead) }
  const { store, staging } = partsOf(options.folder, options.s3)
  const deps: UploadDeps = { db, store, staging, clock, newId: newUuidV7 }
  const app = await createApp({
    logger: pino({ level: process.env['LOG_LEVEL'] ?? 'silent' }),
    newId: newUuidV7,
    trustedProxies: [],
    errorPage: (_request, reply) => reply.send(),
  })
  const said = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined)
  await app.register(uploadRoutes, {
    deps,
    ownerOf: (request) => said(request.headers['x-draft']),
    clientOf: (request) => said(request.headers['x-client']) ?? 'somebody',
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    app,
    db,
    deps,
    store,
    clock,
    close: async () => {
      await app.close()
      await db.close()
    },
  }
}
