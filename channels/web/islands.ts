import { type Asset, islandAsset } from '../../src/html/assets.ts'

const island = (name: string, imports?: readonly Asset[]): Asset =>
  islandAsset(name, new URL(`./islands/${name}`, import.meta.url), imports)

const TUS = island('tus.js')
const PARCELS = island('parcels.js')
const ANNOUNCE = island('announce.js')
const SHRINK = island('shrink.js')
const LEVEL = island('level.js')
const COURIER = island('courier.js', [TUS, PARCELS])
/** Resumable upload with progress; without it the form carries the files. */
export const UPLOAD_ISLAND = island('upload.island.js', [ANNOUNCE, COURIER, PARCELS, SHRINK])
/** Speaking and filming into the page; without it the file field and its `capture`. */
export const RECORDER_ISLAND = island('recorder.island.js', [ANNOUNCE, COURIER, LEVEL, PARCELS])
/** Goes on sending on the pages after the first; without it the 72 hours' link. */
export const COURIER_ISLAND = island('courier.island.js', [ANNOUNCE, COURIER, PARCELS])
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
  COURIER,
  UPLOAD_ISLAND,
  RECORDER_ISLAND,
  COURIER_ISLAND,
  PROOF_ISLAND,
  OFFICE_ISLAND,
]
