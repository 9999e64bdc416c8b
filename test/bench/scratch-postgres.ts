import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'

/** A migrated PostgreSQL with fsync on, gone when the work is done. `folder` is scratch space beside it. */
export const withScratchPostgres = async (
  work: (scratch: { url: string; socketFolder: string; folder: string }) => Promise<void>,
): Promise<void> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-bench-'))
  fs.chmodSync(folder, 0o755)
  const postgres = await startEmbeddedPostgres(path.join(folder, 'pg'))
  try {
    await migrateDatabase(postgres.url)
    const socketFolder = new URL(postgres.url).searchParams.get('host') ?? ''
    await work({ url: postgres.url, socketFolder, folder })
  } finally {
    await postgres.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
