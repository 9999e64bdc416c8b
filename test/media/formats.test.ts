import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MediaTools } from '../../media/ffmpeg.ts'
import {
  BUILDS,
  ffmpeg,
  ffprobe,
  processesUnder,
  runPipeline,
  temporaryFolder,
  toolsOf,
} from '../support/media.ts'
import { FILMS, geotaggedFilm, SOUNDS } from '../support/media-files.ts'

const inputs = temporaryFolder()
const work = temporaryFolder()
const kept = temporaryFolder()
afterAll(() => {
  for (const { remove } of [inputs, work, kept]) remove()
})
const leavesNothing = () => {
  expect(fs.readdirSync(work.folder)).toEqual([])
  expect(processesUnder(work.folder)).toEqual([])
}

/** Whether the index comes before the pictures, so that a player need not fetch the end first. */
const startsFast = (file: string): boolean => {
  const bytes = fs.readFileSync(file)
  return bytes.indexOf('moov') < bytes.indexOf('mdat')
}

/** In decibels of full scale. */
const volumeOf = (file: string): { mean: number; max: number } => {
  const args = ['-hide_banner', '-nostdin', '-i', file, '-af', 'volumedetect', '-f', 'null', '-']
  const { stderr } = spawnSync('/usr/bin/ffmpeg', args, { encoding: 'utf8' })
  const read = (name: string) => Number(new RegExp(`${name}_volume: (\\S+) dB`).exec(stderr)?.[1])
  return { mean: read('mean'), max: read('max') }
}

describe.each(BUILDS)('with the %s build', (build) => {
  let tools: MediaTools
  beforeAll(async () => {
    tools = await toolsOf(build)
  })
  const run = (bytes: Buffer, declaredType: string) =>
    runPipeline({ tools, workDir: work.folder }, bytes, { declaredType, keepIn: kept.folder })

  it.each(SOUNDS)('makes $label playable', async ({ bytes, declared }) => {
    const { outcome, files } = await run(bytes(inputs.folder), declared)
    expect(outcome).toMatchObject({ playable: true, findings: { kind: 'audio', scan: 'off', flags: [] } })
    expect(outcome.findings.type).toMatch(/^audio\//)
    const playback = ffprobe(files.playback ?? '')
    expect(playback.streams).toMatchObject([{ codec_name: 'aac', profile: 'LC' }])
    expect(playback.format.format_name).toContain('mp4')
    expect(startsFast(files.playback ?? '')).toBe(true)
    expect(
      Math.abs((outcome.findings.durationMs ?? 0) - Number(playback.format.duration) * 1000),
    ).toBeLessThan(150)
    expect(outcome.findings.durationMs).toBeGreaterThan(1_900)
    expect(outcome.findings.peaks).toHaveLength(
      Math.min(200, Math.ceil((outcome.findings.durationMs ?? 0) / 20)),
    )
    expect(Math.max(...(outcome.findings.peaks ?? []))).toBe(100)
    leavesNothing()
  })

  it.each(FILMS)('makes $label playable', async ({ bytes, declared, size, copied }) => {
    const { outcome, files } = await run(bytes(inputs.folder), declared)
    expect(outcome).toMatchObject({ playable: true, findings: { kind: 'video', flags: [] } })
    const playback = ffprobe(files.playback ?? '')
    const [picture, sound] = playback.streams
    expect(picture).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p', ...size })
    expect([undefined, 'aac']).toContain(sound?.codec_name)
    expect(JSON.stringify(picture)).not.toContain('rotation')
    expect(startsFast(files.playback ?? '')).toBe(true)
    expect(
      Math.abs((outcome.findings.durationMs ?? 0) - Number(playback.format.duration) * 1000),
    ).toBeLessThan(150)
    const [poster] = ffprobe(files.poster ?? '').streams
    expect(poster?.codec_name).toBe('mjpeg')
    expect((poster?.width ?? 0) > (poster?.height ?? 0)).toBe(size.width > size.height)
    expect(Number(playback.format.duration)).toBeGreaterThan(0.9)
    if (copied) expect(fs.readFileSync(files.playback ?? '').includes('x264 - core')).toBe(false)
    leavesNothing()
  })

  it('levels loudness: a whisper and a shout come out alike, unclipped', async () => {
    const levels: { mean: number; max: number }[] = []
    for (const volume of ['0.006', '0.9']) {
      const file = path.join(inputs.folder, `loud-${volume}.wav`)
      ffmpeg('-f', 'lavfi', '-i', `sine=300:d=6,tremolo=f=4:d=0.7,volume=8*${volume}`, file)
      const { files } = await run(fs.readFileSync(file), 'audio/wav')
      levels.push(volumeOf(files.playback ?? ''))
    }
    const [whisper, shout] = levels
    expect(Math.abs((shout?.mean ?? 0) - (whisper?.mean ?? -99))).toBeLessThan(3)
    for (const { max } of levels) expect(max).toBeLessThan(-0.5)
  })

  it('carries no place and no serial number into a film', async () => {
    const original = geotaggedFilm(inputs.folder)
    expect(original.includes('33.9716')).toBe(true)
    const { files } = await run(original, 'video/quicktime')
    for (const file of Object.values(files)) {
      const bytes = fs.readFileSync(file)
      expect(bytes.includes('33.9716')).toBe(false)
      expect(bytes.includes('SERIAL-4711')).toBe(false)
    }
  })
})
