/** Samples per second of the raw sound that the waveform is drawn from. */
export const PEAK_RATE = 8000
/** 20 ms. */
const WINDOW = PEAK_RATE / 50
const FULL_SCALE = 32_768
/** A silent recording stays flat instead of showing its noise as waves. */
const FLOOR = 0.01

export interface Peaks {
  readonly write: (chunk: Buffer) => void
  /** Bars from 0 to 100, scaled to the loudest, and the length of the sound. */
  readonly finish: (buckets: number) => { readonly peaks: number[]; readonly durationMs: number }
}

/** Takes raw 16-bit mono sound as it streams by and keeps the loudest sample of each 20 ms. */
export const collectPeaks = (): Peaks => {
  const windows: number[] = []
  let loudest = 0
  let samples = 0
  let odd: number | undefined
  const take = (sample: number) => {
    loudest = Math.max(loudest, Math.abs(sample))
    samples += 1
    if (samples % WINDOW !== 0) return
    windows.push(loudest / FULL_SCALE)
    loudest = 0
  }
  return {
    write: (chunk) => {
      let at = 0
      // A pipe may cut between the two bytes of a sample.
      if (odd !== undefined && chunk.length > 0) {
        take(Buffer.from([odd, chunk.readUInt8(0)]).readInt16LE(0))
        at = 1
      }
      odd = (chunk.length - at) % 2 === 1 ? chunk.readUInt8(chunk.length - 1) : undefined
      for (; at + 1 < chunk.length; at += 2) take(chunk.readInt16LE(at))
    },
    finish: (buckets) => {
      if (samples % WINDOW !== 0) windows.push(loudest / FULL_SCALE)
      return {
        peaks: reduce(windows, buckets),
        durationMs: Math.round((samples / PEAK_RATE) * 1000),
      }
    },
  }
}

const reduce = (windows: readonly number[], buckets: number): number[] => {
  if (windows.length === 0) return []
  const count = Math.min(buckets, windows.length)
  const bars = Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * windows.length) / count)
    const to = Math.floor(((bar + 1) * windows.length) / count)
    let top = 0
    for (let at = from; at < to; at += 1) top = Math.max(top, windows[at] ?? 0)
    return top
  })
  const scale = bars.reduce((top, bar) => Math.max(top, bar), FLOOR)
  return bars.map((bar) => Math.round((bar / scale) * 100))
}
