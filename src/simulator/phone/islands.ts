import fs from 'node:fs'
import { type Asset, islandAsset, makeAsset } from '../../html/assets.ts'

const island = (name: string): Asset => islandAsset(name, new URL(`islands/${name}`, import.meta.url))

/** The microphone as a file (without it one is chosen), and the prompts played in their order (without it they are read). */
export const PHONE_ISLANDS: readonly Asset[] = [island('microphone.island.js'), island('prompts.island.js')]

export const PHONE_STYLE = makeAsset(
  'phone.css',
  'text/css; charset=utf-8',
  fs.readFileSync(new URL('phone.css', import.meta.url), 'utf8'),
)
