import { describe, expect, it } from 'vitest'
import { collectPeaks } from './peaks.ts'
import { readProbe, type VideoStream } from './probe.ts'
import { planVideo } from './transcode-video.ts'

const video: VideoStream = {
  codec: 'h264',
  profile: 'High',
  pixelFormat: 'yuv420p',
  width: 1280,
  height: 720,
  rotation: 0,
  squarePixels: true,
  framesPerSecond: 30,
}
const aac = { codec: 'aac', profile: 'LC' }
const fullHd = { width: 1920, height: 1080 }

describe('the way a film becomes playable', () => {
  it.each([
    ['plain H.264', {}, aac, 60, { way: 'copy', sound: 'copy' }],
    ['plain H.264 with MP3', {}, { codec: 'mp3', profile: '' }, 60, { way: 'copy', sound: 'encode' }],
    ['HE-AAC', {}, { codec: 'aac', profile: 'HE-AAC' }, 60, { way: 'copy', sound: 'encode' }],
    ['10 bit', { profile: 'High 10', pixelFormat: 'yuv420p10le' }, aac, 60, { way: 'veryfast' }],
    ['HEVC', { codec: 'hevc', profile: 'Main' }, aac, 60, { way: 'veryfast' }],
    ['turned', { rotation: 90 }, aac, 60, { way: 'veryfast', size: { width: 720, height: 1280 } }],
    ['1080p for a minute', fullHd, aac, 60, { way: 'veryfast', size: { width: 1280, height: 720 } }],
    ['1080p for 4 minutes', fullHd, aac, 240, { way: 'ultrafast', size: { width: 1280, height: 720 } }],
    ['1080p for an hour', fullHd, aac, 3600, { way: 'copy', size: fullHd }],
    [
      '1080p HEVC for an hour',
      { ...fullHd, codec: 'hevc' },
      aac,
      3600,
      { way: 'ultrafast', size: { width: 640, height: 360 } },
    ],
    ['60 pictures a second', { ...fullHd, framesPerSecond: 60 }, aac, 10, { framesPerSecond: 30 }],
    ['a strip', { width: 4000, height: 10, codec: 'vp9' }, aac, 10, { size: { width: 1280, height: 4 } }],
    ['silent', {}, undefined, 10, { way: 'copy', sound: 'none' }],
  ])('%s', (_, change, audio, seconds, plan) => {
    const stream = { ...video, ...change }
    expect(planVideo({ durationMs: seconds * 1000, video: stream, audio }, stream)).toMatchObject(plan)
  })
})

it.each([
  ['of a new build', { side_data_list: [{ rotation: -90 }] }, 90],
  ['of a new build, the other way', { side_data_list: [{ rotation: 90 }] }, 270],
  ['of the build of 2018', { tags: { rotate: '90' } }, 90],
  ['absent', {}, 0],
])('reads the rotation %s', (_, stream, rotation) => {
  const json = JSON.stringify({ streams: [{ codec_type: 'video', codec_name: 'h264', ...stream }] })
  expect(readProbe(json)?.video?.rotation).toBe(rotation)
})

it('does not take the cover of a song for a film', () => {
  const cover = { codec_type: 'video', codec_name: 'mjpeg', disposition: { attached_pic: 1 } }
  const probe = readProbe(JSON.stringify({ streams: [cover, { codec_type: 'audio', codec_name: 'mp3' }] }))
  expect(probe).toMatchObject({ video: undefined, audio: { codec: 'mp3' } })
})

describe('the waveform', () => {
  const samples = Buffer.alloc(16_000 * 2)
  for (let n = 0; n < 16_000; n += 1) samples.writeInt16LE(n < 8_000 ? 16_384 : 8_192, n * 2)

  it.each([[16_000], [1], [7], [333]])('is the same however the pipe cuts (%i bytes)', (size) => {
    const waveform = collectPeaks()
    for (let at = 0; at < samples.length; at += size) waveform.write(samples.subarray(at, at + size))
    const { peaks, durationMs } = waveform.finish(4)
    expect({ peaks, durationMs }).toEqual({ peaks: [100, 100, 50, 50], durationMs: 2_000 })
  })

  it('of silence is flat, and of nothing empty', () => {
    const silence = collectPeaks()
    silence.write(Buffer.alloc(3_200))
    expect(silence.finish(5).peaks).toEqual([0, 0, 0, 0, 0])
    expect(collectPeaks().finish(5)).toEqual({ peaks: [], durationMs: 0 })
  })
})
