/**
 * Runs as a process of its own behind the walls of sandbox.ts, because it decodes what strangers sent: writes two sizes of
 * a picture into its working folder and says on stdout how large they are. Arguments: input, pixel limit.
 */
import sharp, { type Sharp } from 'sharp'
import { RENDITION_SIZES } from './limits.ts'

const [input = '', pixelLimit = '0'] = process.argv.slice(2)

/** Only the formats that `identify` lets through; never SVG, PDF or a format that runs a delegate. */
const LOADERS = ['JpegFile', 'PngFile', 'WebpFile', 'NsgifFile', 'HeifFile', 'TiffFile']
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: LOADERS.map((name) => `VipsForeignLoad${name}`) })
sharp.cache(false)
sharp.concurrency(1)

const open = (file: string) =>
  sharp(file, { limitInputPixels: Number(pixelLimit), failOn: 'error', sequentialRead: true })

/** Turned upright, on white, in sRGB, without any metadata: place, serial number and preview of the camera stay behind. */
const shrink = (picture: Sharp, side: number, file: string) =>
  picture
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .jpeg({ quality: 80 })
    .toFile(file)

const say = (result: unknown) => process.stdout.write(JSON.stringify(result))

try {
  const { autoOrient } = await open(input).metadata()
  const large = await shrink(open(input), RENDITION_SIZES.large, 'large.jpg')
  const thumb = await shrink(open('large.jpg'), RENDITION_SIZES.thumb, 'thumb.jpg')
  say({
    width: autoOrient.width,
    height: autoOrient.height,
    large: { width: large.width, height: large.height },
    thumb: { width: thumb.width, height: thumb.height },
  })
} catch (error) {
  const message = error instanceof Error ? error.message : ''
  const failure = /pixel limit/i.test(message)
    ? 'too_many_pixels'
    : /unsupported|no known|blocked|support for/i.test(message)
      ? 'unsupported_codec'
      : 'unreadable'
  say({ failure })
}
