import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inputGuards, type MediaTools } from '../../media/ffmpeg.ts'
import { type MediaJob, ORIGINAL } from '../../media/job.ts'
import { probeStep } from '../../media/probe.ts'
import { runTool, type Sandbox } from '../../media/sandbox.ts'
import type { MediaFailure, MediaFlag } from '../../src/core/media.ts'
import {
  BUILDS,
  ffmpeg,
  processesUnder,
  runPipeline,
  temporaryFolder,
  toolsOf,
  until,
} from '../support/media.ts'
import { boastfulWav, pngBomb, truncatedFastStart, truncatedMp4 } from '../support/media-files.ts'

const inputs = temporaryFolder()
const work = temporaryFolder()
let calls = 0
const canary = http.createServer((_, reply) => {
  calls += 1
  reply.end()
})
let canaryUrl = ''
beforeAll(async () => {
  canary.on('connection', () => {
    calls += 1
  })
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  canaryUrl = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/canary`
})
afterAll(() => {
  canary.close()
  inputs.remove()
  work.remove()
})

const nothingIsLeft = () => {
  expect(fs.readdirSync(work.folder)).toEqual([])
  expect(processesUnder(work.folder)).toEqual([])
  expect(calls).toBe(0)
}
const signal = () => new AbortController().signal

interface Hostile {
  label: string
  declared: string
  bytes: () => Buffer
  failure?: MediaFailure
  flags?: MediaFlag[]
}
const playlist = () =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${canaryUrl}\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n`
const exe = () =>
  Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0', 'latin1'), Buffer.alloc(4096, 7)])
const gifAndZip = () => {
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64')
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  return Buffer.concat([gif, end])
}
const hugeFrame = () => {
  const file = path.join(inputs.folder, 'huge.mkv')
  ffmpeg('-f', 'lavfi', '-i', 'color=c=black:s=16000x9000:d=0.1:r=10', '-frames:v', '1', '-c:v', 'png', file)
  return fs.readFileSync(file)
}

const HOSTILE: readonly Hostile[] = [
  {
    label: 'a playlist named .mp4',
    declared: 'video/mp4',
    bytes: () => Buffer.from(playlist()),
    failure: 'playlist',
    flags: ['type_mismatch', 'playlist'],
  },
  {
    label: 'SVG with script',
    declared: 'image/svg+xml',
    bytes: () =>
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("${canaryUrl}")</script></svg>`),
    failure: 'active_content',
    flags: ['active_content'],
  },
  {
    label: 'HTML named .jpg',
    declared: 'image/jpeg',
    bytes: () => Buffer.from(`<html><img src="${canaryUrl}">`),
    failure: 'active_content',
  },
  { label: 'an empty file', declared: 'audio/mpeg', bytes: () => Buffer.alloc(0), failure: 'empty' },
  { label: 'an empty document', declared: 'application/pdf', bytes: () => Buffer.alloc(0), failure: 'empty' },
  {
    label: 'a program named .mp3',
    declared: 'audio/mpeg',
    bytes: exe,
    failure: 'executable',
    flags: ['type_mismatch', 'executable'],
  },
  {
    label: 'a ZIP named .mp4',
    declared: 'video/mp4',
    bytes: () => Buffer.from('PK\x03\x04'.padEnd(128, '\0'), 'latin1'),
    failure: 'archive',
  },
  {
    label: 'noise named .mp4',
    declared: 'video/mp4',
    bytes: () => Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * n * 7) & 0xff)),
    failure: 'not_media',
  },
  { label: 'a PNG bomb', declared: 'image/png', bytes: () => pngBomb(), failure: 'too_many_pixels' },
  {
    label: 'a PNG that breaks off',
    declared: 'image/png',
    bytes: () => pngBomb(4000).subarray(0, 200),
    failure: 'unreadable',
  },
  {
    label: 'a film frame of 144 megapixels',
    declared: 'video/x-matroska',
    bytes: hugeFrame,
    failure: 'too_many_pixels',
  },
  {
    label: 'a truncated MP4',
    declared: 'video/mp4',
    bytes: () => truncatedMp4(inputs.folder),
    failure: 'unreadable',
  },
  {
    label: 'a truncated MP4 with its index first',
    declared: 'video/mp4',
    bytes: () => truncatedFastStart(inputs.folder),
    flags: ['shortened'],
  },
  {
    label: 'a WAV that boasts',
    declared: 'audio/wav',
    bytes: () => boastfulWav(inputs.folder),
    flags: [],
  },
  {
    label: 'an AMR header alone',
    declared: 'audio/amr',
    bytes: () => Buffer.from('#!AMR\n'),
    failure: 'unreadable',
  },
  { label: 'a picture with an archive inside', declared: 'image/gif', bytes: gifAndZip, flags: ['polyglot'] },
  {
    label: 'a program that says so',
    declared: 'application/octet-stream',
    bytes: exe,
    flags: ['executable'],
  },
  {
    label: 'an archive that says so',
    declared: 'application/zip',
    bytes: () => Buffer.from('PK\x03\x04'.padEnd(128, '\0'), 'latin1'),
    flags: ['archive'],
  },
]

describe.each(BUILDS)('with the %s build', (build) => {
  let tools: MediaTools
  beforeAll(async () => {
    tools = await toolsOf(build)
  })

  it.each(HOSTILE)('answers $label clearly', async ({ declared, bytes, failure, flags }) => {
    const { outcome } = await runPipeline({ tools, workDir: work.folder }, bytes(), {
      declaredType: declared,
    })
    expect({ failure: outcome.failure, playable: outcome.playable }).toEqual({
      failure,
      playable: failure === undefined,
    })
    if (flags) expect(outcome.findings.flags).toEqual(flags)
    nothingIsLeft()
  })

  // The walls are tested one without the other: each alone must hold.
  describe('the white lists alone', () => {
    const bare: Sandbox = { walls: [], prefix: () => [] }
    it.each([
      ['HLS', () => playlist()],
      ['concat', () => `ffconcat version 1.0\nfile '${canaryUrl}'\nfile '/etc/passwd'\n`],
      [
        'DASH',
        () =>
          `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${canaryUrl}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      ],
      ['SDP', () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n'],
    ])('open no %s', async (_, text) => {
      const job: MediaJob = {
        folder: inputs.folder,
        isAnswer: false,
        declaredType: 'video/mp4',
        bytes: 1,
        made: new Set(),
        signal: signal(),
      }
      fs.writeFileSync(path.join(inputs.folder, ORIGINAL), text())
      const result = await probeStep({ ...tools, sandbox: bare }).run(job, { flags: [] })
      expect(result).toEqual({ ok: false, failure: 'unreadable' })
      expect(calls).toBe(0)
    })
  })

  it('finds no network, though no list forbids it', async () => {
    const args = ['-v', 'error', '-i', canaryUrl]
    const result = await runTool(tools.sandbox, {
      program: tools.ffprobe,
      args,
      cwd: inputs.folder,
      signal: signal(),
    })
    expect(result).toMatchObject({ ok: false, reason: 'failed' })
    expect(calls).toBe(0)
  })
})

describe('the sandbox', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = (await toolsOf('debian')).sandbox
  })
  const run = (program: string, ...args: string[]) =>
    runTool(sandbox, { program, args, cwd: work.folder, signal: signal(), limits: { address: false } })

  it('stands whole on this machine', () => {
    expect(sandbox.walls).toEqual(['network', 'limits', 'priority', 'lifetime'])
  })
  it('hands on no environment', async () => {
    const result = await run('/usr/bin/env')
    expect(result).toMatchObject({ ok: true })
    expect(result.ok && result.stdout.toString()).toBe('')
  })
  it('gives no privilege', async () => {
    const result = await run('/bin/grep', '-E', 'CapEff|CapBnd|NoNewPrivs', '/proc/self/status')
    expect(result.ok && result.stdout.toString().replaceAll(/\s+/g, ' ')).toBe(
      'CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 ',
    )
  })
  it('ends a tool that takes more than a gigabyte of memory', async () => {
    const hungry = 'const kept = []; for (;;) kept.push(Buffer.alloc(64e6, 1))'
    expect(await run(process.execPath, '-e', hungry)).toMatchObject({ ok: false, reason: 'too_costly' })
  })
  it('ends a tool that writes more than a gigabyte', async () => {
    const result = await run('/usr/bin/truncate', '-s', '2G', 'large')
    fs.rmSync(path.join(work.folder, 'large'), { force: true })
    expect(result).toMatchObject({ ok: false, reason: 'too_costly' })
  })
  it('ends what a tool started, too', async () => {
    const spawns = "require('child_process').spawn('/bin/sleep', ['600'], { stdio: 'ignore' }).unref()"
    await run(process.execPath, '-e', spawns)
    await until(() => processesUnder(work.folder).length === 0, 2_000)
  })
  it('puts the guards before the input', () => {
    expect(inputGuards()).toContain('-format_whitelist')
    expect(inputGuards().join(' ')).not.toMatch(/hls|concat|dash/)
  })
})

describe('a job', () => {
  const film = () => {
    const file = path.join(inputs.folder, 'long.mkv')
    if (!fs.existsSync(file))
      ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=30:d=20', '-c:v', 'mpeg4', '-q:v', '10', file)
    return fs.readFileSync(file)
  }

  it('ends when its time is over', async () => {
    const tools = await toolsOf('debian')
    const { outcome } = await runPipeline({ tools, workDir: work.folder, jobMs: 1_000 }, film())
    expect(outcome).toMatchObject({ failure: 'timed_out', playable: false })
    nothingIsLeft()
  })

  it('ends when the process stops, without blaming the file', async () => {
    const tools = await toolsOf('debian')
    const stop = AbortSignal.timeout(1_000)
    await expect(runPipeline({ tools, workDir: work.folder }, film(), { signal: stop })).rejects.toThrow()
    nothingIsLeft()
  })

  it('waits its turn: of ten bombs one works at a time, and the event loop stays free', async () => {
    const tools = await toolsOf('debian')
    const { createPipeline } = await import('../../media/pipeline.ts')
    const { systemClock } = await import('../../src/platform/system-clock.ts')
    const { createHash } = await import('node:crypto')
    const { Readable } = await import('node:stream')
    const pipeline = createPipeline({
      tools,
      workDir: work.folder,
      clock: systemClock,
      logger: { info() {}, warn() {} },
    })
    const bomb = pngBomb()
    const sha256 = createHash('sha256').update(bomb).digest('hex')
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    let most = 0
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        pipeline.process(
          {
            assetId: String(n),
            declaredType: 'image/png',
            sha256,
            made: new Set(),
            open: async () => Readable.from([bomb]),
          },
          async () => {
            most = Math.max(most, fs.readdirSync(work.folder).length)
          },
          signal(),
        ),
      ),
    )
    delay.disable()
    expect(outcomes.map(({ failure }) => failure)).toEqual(Array(10).fill('too_many_pixels'))
    expect(most).toBe(1)
    expect(delay.percentile(95) / 1e6).toBeLessThan(200)
    nothingIsLeft()
  })
})
