import { type Asset, islandAsset } from '../../html/assets.ts'

const island = (name: string): Asset => islandAsset(name, new URL(`islands/${name}`, import.meta.url))

/** The microphone as a file; without it a file is chosen. */
export const MICROPHONE_ISLAND = island('microphone.island.js')
/** Plays the prompts in their order; without it they are read. */
export const PROMPTS_ISLAND = island('prompts.island.js')

export const PHONE_ISLANDS: readonly Asset[] = [MICROPHONE_ISLAND, PROMPTS_ISLAND]
