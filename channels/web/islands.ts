import { type Asset, islandAsset } from '../../src/html/assets.ts'

const island = (name: string, imports?: readonly Asset[]): Asset =>
  islandAsset(name, new URL(`./islands/${name}`, import.meta.url), imports)

const TUS = island('tus.js')
const PARCELS = island('parcels.js')
const ANNOUNCE = island('announce.js')
const SHRINK = island('shrink.js')
const LEVEL = island('level.js')
const PLAY_IN_TURN = island('play-in-turn.js')
const COURIER = island('courier.js', [TUS, PARCELS])
/** Resumable upload with progress; without it the form carries the files. */
export const UPLOAD_ISLAND = island('upload.island.js', [ANNOUNCE, COURIER, PARCELS, SHRINK])
/** Speaking and filming into the page; without it the file field and its `capture`. */
export const RECORDER_ISLAND = island('recorder.island.js', [ANNOUNCE, COURIER, LEVEL, PARCELS, PLAY_IN_TURN])
/** Goes on sending on the pages after the first; without it the 72 hours' link. */
export const COURIER_ISLAND = island('courier.island.js', [ANNOUNCE, COURIER, PARCELS])
/** Filings written without a network, for the page and the service worker. */
export const FILINGS = island('filings.js', [COURIER, PARCELS])
/** Keeps and sends what is filed without a network; without it the page says what else one can do. */
export const OFFLINE_ISLAND = island('offline.island.js', [ANNOUNCE, COURIER, FILINGS, PARCELS])
/** Has the service worker keep that page. */
export const INSTALL_ISLAND = island('install.island.js')
/** Served at /sw.js, with the names of what it keeps filled in: install.ts. */
export const SERVICE_WORKER = island('service-worker.js', [FILINGS])
/** Proof of work; without it a short wait. */
export const PROOF_ISLAND = island('proof.island.js')

/** Offices suggested while typing; without it the Search button finds them. */
export const OFFICE_ISLAND = island('office.island.js')

/** To be served by the host beside the site's own assets. */
export const WEB_ASSETS: readonly Asset[] = [
  TUS,
  PARCELS,
  ANNOUNCE,
  SHRINK,
  LEVEL,
  PLAY_IN_TURN,
  COURIER,
  UPLOAD_ISLAND,
  RECORDER_ISLAND,
  COURIER_ISLAND,
  FILINGS,
  OFFLINE_ISLAND,
  INSTALL_ISLAND,
  PROOF_ISLAND,
  OFFICE_ISLAND,
]
