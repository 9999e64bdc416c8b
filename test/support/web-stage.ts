import { startBrowser } from './browser.ts'
import { openWebHouse, type WebOptions } from './web-house.ts'

/** The citizen's pages, and a browser before them. */
export const openWebStage = async (name: string, options: WebOptions = {}) => {
  const house = await openWebHouse(name, options)
  const browser = await startBrowser()
  return {
    ...house,
    browser,
    close: async () => {
      await browser.close()
      await house.close()
    },
  }
}
