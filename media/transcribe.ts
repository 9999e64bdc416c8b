import { openAsBlob } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import type { MachineTranscript } from '../src/core/media.ts'
import { ffmpegArguments, type MediaTools, OUTPUT_LIMITS, runFfmpeg } from './ffmpeg.ts'
import { type Findings, failure, lacks, ORIGINAL, type Step } from './job.ts'
import { MEDIA_LIMITS } from './limits.ts'

export type TranscribeResult =
  | { readonly ok: true; readonly transcript: MachineTranscript }
  | { readonly ok: false; readonly failure: 'transcriber_unavailable' | 'transcriber_refused' }

/** Turns speech into text. Never rejects: an absent service is a result. */
export interface Transcriber {
  transcribe(file: string, signal: AbortSignal): Promise<TranscribeResult>
}

export interface TranscriberOptions {
  /** Base to which /v1/audio/transcriptions is appended. */
  readonly url: string
  readonly token: string | undefined
  readonly timeoutMs?: number
}

const answer = z.object({ text: z.string(), language: z.string().max(40).optional() })

/** Busy or broken over there; anything else in 4xx is about what we sent and stays wrong. */
const isPassing = (status: number): boolean => status >= 500 || status === 408 || status === 429

/** What a text column cannot hold goes; the length is bounded whatever the service says. */
const storable = (text: string): string =>
  text.replaceAll('\0', '').toWellFormed().trim().slice(0, MEDIA_LIMITS.transcriptCharacters)

const readAnswer = async (response: Response): Promise<TranscribeResult> => {
  if (!response.ok) {
    await response.body?.cancel()
    return {
      ok: false,
      failure: isPassing(response.status) ? 'transcriber_unavailable' : 'transcriber_refused',
    }
  }
  const parsed = answer.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) return { ok: false, failure: 'transcriber_refused' }
  const { text, language } = parsed.data
  return { ok: true, transcript: { text: storable(text), ...(language === undefined ? {} : { language }) } }
}

/** An OpenAI-compatible speech-to-text service: `POST {url}/v1/audio/transcriptions`, multipart. */
export const createTranscriber = (options: TranscriberOptions): Transcriber => ({
  transcribe: async (file, signal) => {
    const form = new FormData()
    form.set('file', await openAsBlob(file, { type: 'audio/mp4' }), 'speech.m4a')
    form.set('model', 'whisper-1')
    form.set('response_format', 'json')
    try {
      const response = await fetch(`${options.url.replace(/\/+$/, '')}/v1/audio/transcriptions`, {
        method: 'POST',
        body: form,
        redirect: 'error',
        headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
        signal: AbortSignal.any([
          signal,
          AbortSignal.timeout(options.timeoutMs ?? MEDIA_LIMITS.transcribeMs),
        ]),
      })
      return await readAnswer(response)
    } catch {
      return { ok: false, failure: 'transcriber_unavailable' }
    }
  },
})

const SPEECH = 'speech.m4a'

/** Small and plain, whatever came in: services take 25 MB, which is an hour of this. */
const speechArguments = (): string[] =>
  ffmpegArguments({ file: ORIGINAL }, [
    {
      file: SPEECH,
      options: [
        ...['-map', '0:a:0', '-vn', '-map_metadata', '-1', '-ac', '1', '-ar', '16000'],
        ...['-c:a', 'aac', '-b:a', '48k', ...OUTPUT_LIMITS],
      ],
    },
  ])

const hasSound = ({ kind, probe }: Findings): boolean => kind === 'audio' || probe?.audio !== undefined

/** Sends the sound of a recording to speech-to-text. Its failure blocks nothing: the file is playable, the run comes again. */
export const transcribeStep = (tools: MediaTools, transcriber: Transcriber | undefined): Step => ({
  name: 'transcribe',
  optional: true,
  appliesTo: (findings, job) => transcriber !== undefined && hasSound(findings) && lacks(job, 'transcript'),
  run: async (job) => {
    if (transcriber === undefined) return { ok: true }
    const run = { cwd: job.folder, signal: job.signal }
    const made = await runFfmpeg(tools, speechArguments(), run)
    if (!made.ok) return failure('transcriber_refused')
    const result = await transcriber.transcribe(path.join(job.folder, SPEECH), job.signal)
    return result.ok ? { ok: true, transcript: result.transcript } : failure(result.failure)
  },
})
