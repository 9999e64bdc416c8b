import { type Asset, islandAsset } from '../html/assets.ts'

/** Single keys over the list and over a complaint; every person can switch them off. */
export const DESK_ISLAND: Asset = islandAsset('desk.island.js', new URL('./desk.island.js', import.meta.url))

/** Keeps the list as it is now. */
export const LIVE_ISLAND: Asset = islandAsset('live.island.js', new URL('./live.island.js', import.meta.url))

/** Plays in other speeds and in jumps of five seconds. */
export const PLAYER_ISLAND: Asset = islandAsset(
  'player.island.js',
  new URL('./player.island.js', import.meta.url),
)

/** Counts the parts of a text and shows it as it arrives; says who else has the complaint open. */
export const COMPOSER_ISLAND: Asset = islandAsset(
  'composer.island.js',
  new URL('./composer.island.js', import.meta.url),
)

/** Records a spoken answer into the form's own field of files. */
export const VOICE_ISLAND: Asset = islandAsset(
  'voice.island.js',
  new URL('./voice.island.js', import.meta.url),
)

/** Says how far a report's build is, and opens it. */
export const BUILD_ISLAND: Asset = islandAsset(
  'build.island.js',
  new URL('./build.island.js', import.meta.url),
)

export const DESK_ISLANDS: readonly Asset[] = [
  DESK_ISLAND,
  LIVE_ISLAND,
  PLAYER_ISLAND,
  COMPOSER_ISLAND,
  VOICE_ISLAND,
  BUILD_ISLAND,
]
