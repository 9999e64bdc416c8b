import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MediaTools } from '../../media/ffmpeg.ts'
import { gridHeic } from '../support/heic.ts'
import { BUILDS, ffmpeg, processesUnder, runPipeline, temporaryFolder, toolsOf } from '../support/media.ts'

const inputs = temporaryFolder()
const work = temporaryFolder()
const kept = temporaryFolder()
const source = path.join(inputs.folder, 'source.png')
beforeAll(() => {
  ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=400x300', '-frames:v', '1', source)
})
afterAll(() => {
  for (const { remove } of [inputs, work, kept]) remove()
})

/** EXIF with an orientation, a place and a serial number, as cameras write it. */
const withExif = (picture: Sharp, orientation: number) =>
  picture.withMetadata({ orientation }).withExifMerge({
    IFD0: { Make: 'SERIAL-4711' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '33/1 58/1 0/1' },
  })

/** How alike two pictures of one size are, in decibels; above 25 a person sees no other picture. */
const likeness = (one: string, other: string): number => {
  const args = ['-hide_banner', '-i', one, '-i', other, '-lavfi', 'psnr=stats_file=-', '-f', 'null', '-']
  const out = execFileSync('/usr/bin/ffmpeg', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return Number(/psnr_avg:(\S+)/.exec(out)?.[1])
}

const COMMON = [
  {
    label: 'JPEG',
    declared: 'image/jpeg',
    make: () => withExif(sharp(source), 6).jpeg().toBuffer(),
    size: [300, 400],
  },
  { label: 'PNG', declared: 'image/png', make: () => sharp(source).png().toBuffer(), size: [400, 300] },
  {
    label: 'WebP',
    declared: 'image/webp',
    make: () => withExif(sharp(source), 3).webp().toBuffer(),
    size: [400, 300],
  },
  { label: 'GIF', declared: 'image/gif', make: () => sharp(source).gif().toBuffer(), size: [400, 300] },
  { label: 'TIFF', declared: 'image/tiff', make: () => sharp(source).tiff().toBuffer(), size: [400, 300] },
  { label: 'AVIF', declared: 'image/avif', make: () => sharp(source).avif().toBuffer(), size: [400, 300] },
]

describe.each(BUILDS)('with the %s build', (build) => {
  let tools: MediaTools
  beforeAll(async () => {
    tools = await toolsOf(build)
  })
  const run = (bytes: Buffer, declaredType: string) =>
    runPipeline({ tools, workDir: work.folder }, bytes, { declaredType, keepIn: kept.folder })

  it.each(COMMON)(
    'shows $label upright and without metadata',
    async ({ declared, make, size: [width, height] }) => {
      const { outcome, files } = await run(await make(), declared)
      expect(outcome).toMatchObject({
        playable: true,
        findings: { kind: 'image', type: declared, flags: [], width, height },
      })
      for (const file of [files.large, files.thumb]) {
        const { format, exif, xmp, iptc, orientation } = await sharp(file).metadata()
        expect({ format, exif, xmp, iptc, orientation }).toEqual({ format: 'jpeg' })
        expect(fs.readFileSync(file ?? '').includes('SERIAL-4711')).toBe(false)
      }
      expect(fs.readdirSync(work.folder)).toEqual([])
      expect(processesUnder(work.folder)).toEqual([])
    },
  )

  it('makes two sizes of a large photo', async () => {
    const large = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#368' } })
      .jpeg()
      .toBuffer()
    const { steps } = await run(large, 'image/jpeg')
    expect(steps.at(-1)?.renditions).toMatchObject([
      { name: 'large', width: 1600, height: 1200 },
      { name: 'thumb', width: 320, height: 240 },
    ])
  })

  it.each([0, 1, 2, 3] as const)('puts a HEIC of tiles together, turned %i quarters', async (rotation) => {
    const photo = gridHeic(inputs.folder, source, { width: 400, height: 300, rotation })
    expect(photo.includes('SERIAL-4711')).toBe(true)
    const { outcome, files } = await run(photo, 'image/heic')
    expect(outcome).toMatchObject({
      playable: true,
      findings: { kind: 'image', type: 'image/heic', flags: [] },
    })
    const expected = path.join(inputs.folder, `turned-${rotation}.png`)
    await sharp(source)
      .rotate(-90 * rotation)
      .toFile(expected)
    expect(likeness(expected, files.large ?? '')).toBeGreaterThan(25)
    expect(fs.readFileSync(files.large ?? '').includes('SERIAL-4711')).toBe(false)
  })

  it('shows what there is of a HEIC that broke off', async () => {
    const photo = gridHeic(inputs.folder, source, { width: 400, height: 300, rotation: 0 })
    const { outcome } = await run(photo.subarray(0, photo.length - 3_000), 'image/heic')
    expect(outcome).toMatchObject({ playable: true, findings: { flags: ['shortened'] } })
  })

  it.each([
    ['cut off in the index', (bytes: Buffer) => bytes.subarray(0, 200)],
    [
      'without its index',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('meta', 'free'), 'latin1'),
    ],
    [
      'of another coding',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replaceAll('hvc1', 'vvc1'), 'latin1'),
    ],
  ])('answers a HEIC %s clearly', async (_, damage) => {
    const photo = damage(gridHeic(inputs.folder, source, { width: 400, height: 300, rotation: 0 }))
    const { outcome } = await run(photo, 'image/heic')
    expect(['unreadable', 'unsupported_codec']).toContain(outcome.failure)
    expect(fs.readdirSync(work.folder)).toEqual([])
  })
})
