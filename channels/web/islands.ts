import { type Asset, islandAsset } from '../../src/html/assets.ts'

const island = (name: string, imports?: readonly Asset[]): Asset =>
  islandAsset(name, new URL(`./islands/${name}`, import.meta.url), imports)

const TUS_UPLOAD = island('tus-upload.js')
/** Resumable upload with progress; without it the form carries the files. */
export const UPLOAD_ISLAND = island('upload.island.js', [TUS_UPLOAD])
/** Proof of work; without it a short wait. */
export const PROOF_ISLAND = island('proof.island.js')

/** Offices suggested while typing; without it the Search button finds them. */
export const OFFICE_ISLAND = island('office.island.js')

/** To be served by the host beside the site's own assets. */
export const WEB_ASSETS: readonly Asset[] = [TUS_UPLOAD, UPLOAD_ISLAND, PROOF_ISLAND, OFFICE_ISLAND]
