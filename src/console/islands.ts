import { type Asset, islandAsset } from '../html/assets.ts'

/** Single keys over the list and over a complaint; every person can switch them off. */
export const DESK_ISLAND: Asset = islandAsset('desk.island.js', new URL('./desk.island.js', import.meta.url))

export const DESK_ISLANDS: readonly Asset[] = [DESK_ISLAND]
