import { type Asset, islandAsset } from './assets.ts'

const island = (name: string): Asset => islandAsset(name, new URL(`./islands/${name}`, import.meta.url))

/** Copies a number or an address at a press. */
export const COPY_ISLAND = island('copy.island.js')
/** Leaves at once, without a way back in the browser's history. */
export const EXIT_ISLAND = island('exit.island.js')
/** Plays a recording, or has the browser read aloud where it has a voice for the language. */
export const LISTEN_ISLAND = island('listen.island.js')
/** Plays the recordings of a list one after the other; without it each has its own button. */
export const PLAY_ON_ISLAND = island('play-on.island.js')
/** Print, and one warning before an unsaved receipt is left. */
export const RECEIPT_ISLAND = island('receipt.island.js')

/** To be served beside the site's own assets. */
export const HTML_ISLANDS: readonly Asset[] = [
  COPY_ISLAND,
  EXIT_ISLAND,
  LISTEN_ISLAND,
  PLAY_ON_ISLAND,
  RECEIPT_ISLAND,
]
