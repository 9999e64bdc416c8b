import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openTestDatabase } from './acceptance.ts'
import { startBrowser } from './browser.ts'
import { startWebServer } from './web-server.ts'

type ServerOptions = Omit<Parameters<typeof startWebServer>[0], 'databaseUrl' | 'folder'>

/** The citizen's pages over a database and a store of their own, and a browser before them. */
export const openWebStage = async (name: string, options: ServerOptions = {}) => {
  const database = await openTestDatabase()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `wasl-${name}-`))
  const server = await startWebServer({ databaseUrl: database.url, folder, ...options })
  const browser = await startBrowser()
  return {
    server,
    browser,
    folder,
    close: async () => {
      await browser.close()
      await server.close()
      await database.close()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}
