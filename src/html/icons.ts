import { html } from 'ghtml'

/** Our own drawings: a 24 px square, lines of 2 px. `turns`: means a direction, so it is mirrored in Arabic. */
const DRAWINGS = {
  write: { lines: 'M4 20h4L20 8l-4-4L4 16v4M13 7l4 4' },
  speak: { lines: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M5 11a7 7 0 0 0 14 0M12 18v3' },
  film: { lines: 'M3 7h12v10H3zM15 11l6-4v10l-6-4' },
  phone: {
    lines: 'M5 4h4l2 5-3 2a11 11 0 0 0 5 5l2-3 5 2v4a1 1 0 0 1-1 1A16 16 0 0 1 4 5a1 1 0 0 1 1-1',
  },
  track: { lines: 'M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14M16 16l5 5' },
  back: { lines: 'M14 6l-6 6 6 6', turns: true },
  clock: { lines: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l3 2' },
  listen: { lines: 'M4 9v6h4l5 4V5L8 9H4M16 9a4 4 0 0 1 0 6M18 6a8 8 0 0 1 0 12' },
  exit: { lines: 'M14 4h6v16h-6M4 12h11M11 8l4 4-4 4', turns: true },
  stop: { lines: 'M6 6h12v12H6z' },
  pause: { lines: 'M8 5v14M16 5v14' },
  play: { lines: 'M7 4l12 8-12 8z' },
  again: { lines: 'M5 12a7 7 0 1 0 2-5M7 3v4h4' },
  delete: { lines: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13' },
  done: { lines: 'M4 12l6 6L20 6' },
} as const satisfies Record<string, { lines: string; turns?: boolean }>

export type IconName = keyof typeof DRAWINGS

/** An ornament beside words: hidden from assistive technology. */
export const icon = (name: IconName): string => {
  const drawing: { lines: string; turns?: boolean } = DRAWINGS[name]
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" class="${drawing.turns ? 'turns' : ''}"><path d="${drawing.lines}"/></svg>`
}

/** The mark: the eight-point star of two squares, one path. Used once a page. */
const STAR =
  'M16 0l4.69 4.69h6.62v6.62L32 16l-4.69 4.69v6.62h-6.62L16 32l-4.69-4.69H4.69v-6.62L0 16l4.69-4.69V4.69h6.62zM16 10l-6 6 6 6 6-6z'

export const mark = (): string =>
  html`<svg viewBox="0 0 32 32" aria-hidden="true" class="solid"><path fill-rule="evenodd" d="${STAR}"/></svg>`

/** The mark as a file of its own, for the browser's tab. */
export const markFile = (): string =>
  html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0b5d3b" fill-rule="evenodd" d="${STAR}"/></svg>`
