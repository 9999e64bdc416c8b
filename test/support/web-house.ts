import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openTestDatabase } from './acceptance.ts'
import { startWebServer } from './web-server.ts'

export type WebOptions = Omit<Parameters<typeof startWebServer>[0], 'databaseUrl' | 'folder'>

/** The citizen's pages over a database and a store of their own. */
export const openWebHouse = async (name: string, options: WebOptions = {}) => {
  const database = await openTestDatabase()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `wasl-${name}-`))
  const server = await startWebServer({ databaseUrl: database.url, folder, ...options })
  return {
    server,
    folder,
    close: async () => {
      await server.close()
      await database.close()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}
