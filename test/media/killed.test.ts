import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../media/pipeline.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { ffmpeg, processesUnder, silent, temporaryFolder, toolsOf, until } from '../support/media.ts'

const CHILD = fileURLToPath(new URL('../support/pipeline.child.ts', import.meta.url))
const { folder, remove } = temporaryFolder()
const workDir = path.join(folder, 'work')
const film = path.join(folder, 'film.mkv')
beforeAll(() => {
  ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=30:d=30', '-c:v', 'mpeg4', '-q:v', '10', film)
})
afterAll(remove)

/** False for one that ended between being listed and being asked. */
const isEncoding = (pid: number): boolean => {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('playback.mp4')
  } catch {
    return false
  }
}
const encoders = () => processesUnder(workDir).filter((pid) => isEncoding(pid))

/** Starts a worker on a film and kills it in the middle, as the kernel or an operator would. */
const killInTheMiddle = async (...args: string[]): Promise<void> => {
  const worker = spawn(process.execPath, ['--no-warnings', CHILD, workDir, film, ...args], {
    stdio: 'ignore',
  })
  await until(() => encoders().length > 0)
  worker.kill('SIGKILL')
  await once(worker, 'exit')
}
const sweep = async () =>
  createPipeline({ tools: await toolsOf('debian'), workDir, clock: systemClock, logger: silent }).sweep()

describe('after SIGKILL of the worker', () => {
  it('its tools die with it, and the next start removes its folder', async () => {
    await killInTheMiddle()
    await until(() => processesUnder(workDir).length === 0, 3_000)
    expect(fs.readdirSync(workDir)).toHaveLength(1)
    expect(await sweep()).toBe(1)
    expect(fs.readdirSync(workDir)).toEqual([])
  })

  it('the next start ends the tools too, where the machine cannot tie their lives together', async () => {
    await killInTheMiddle('bare')
    expect(encoders()).toHaveLength(1)
    expect(await sweep()).toBe(1)
    await until(() => processesUnder(workDir).length === 0, 3_000)
    expect(fs.readdirSync(workDir)).toEqual([])
  })
})

it('a sweep leaves the folder of a living worker alone', async () => {
  const worker = spawn(process.execPath, ['--no-warnings', CHILD, workDir, film], { stdio: 'ignore' })
  await until(() => encoders().length > 0)
  expect(await sweep()).toBe(0)
  expect(encoders()).toHaveLength(1)
  worker.kill('SIGKILL')
  await once(worker, 'exit')
})
