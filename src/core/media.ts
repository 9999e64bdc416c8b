import type { Readable } from 'node:stream'

export const MEDIA_KINDS = ['audio', 'video', 'image', 'document'] as const
/** What a file is by its content. A `document` is everything that is not played: it is kept, and served as attachment only. */
export type MediaKind = (typeof MEDIA_KINDS)[number]

export type MediaState = 'stored' | 'processing' | 'ready' | 'failed' | 'blocked'
export type ScanState = 'pending' | 'off' | 'clean' | 'infected'

/** The copies made of an original. `playback` plays in every browser, `voice_note` in messengers; the others are pictures. */
export const RENDITIONS = ['playback', 'poster', 'large', 'thumb', 'voice_note'] as const
export type RenditionName = (typeof RENDITIONS)[number]

/** What staff should know about a file before they trust it. */
export const MEDIA_FLAGS = {
  type_mismatch: 'The content is of another type than the sender declared.',
  executable: 'The file is a program.',
  active_content: 'The file can carry script (SVG, HTML, XML).',
  archive: 'The file is an archive; it was not opened.',
  playlist: 'The file is a list of other addresses; none was opened.',
  polyglot: 'The file can be read as two types at once.',
  shortened: 'The file announces more than it holds; all that could be read is in the copy.',
  no_sound: 'The sound of the film could not be read.',
  scan_skipped:
    'The file is larger than the malware scanner takes; the original waits, its copies can be seen.',
} as const
export type MediaFlag = keyof typeof MEDIA_FLAGS

/** Why a file has no playable copy. Stable; `retry` says whether the same bytes can fare better later. */
export const MEDIA_FAILURES = {
  empty: { retry: false, says: 'The file holds no bytes.' },
  original_missing: { retry: true, says: 'The object store has no such object.' },
  original_damaged: { retry: true, says: 'The stored bytes do not match the SHA-256 taken on arrival.' },
  infected: { retry: false, says: 'The malware scanner recognised the file.' },
  scanner_unavailable: { retry: true, says: 'The malware scanner does not answer.' },
  executable: { retry: false, says: 'Declared as sound, film or picture, but it is a program.' },
  active_content: { retry: false, says: 'Declared as a picture or recording, but it can carry script.' },
  archive: { retry: false, says: 'Declared as sound, film or picture, but it is an archive.' },
  playlist: { retry: false, says: 'Declared as sound or film, but it only names other files.' },
  not_media: { retry: false, says: 'Declared as sound, film or picture, but it is none of them.' },
  unreadable: { retry: false, says: 'The file is damaged, or cut off before anything could be read.' },
  unsupported_codec: { retry: false, says: 'The media tools of this machine cannot read this format.' },
  too_many_pixels: { retry: false, says: 'The picture is larger than the limit.' },
  timed_out: { retry: false, says: 'The work took longer than one job is given.' },
  too_costly: { retry: false, says: 'The work needed more memory or disk than one job is given.' },
  transcriber_unavailable: { retry: true, says: 'Speech-to-text does not answer.' },
  transcriber_refused: { retry: false, says: 'Speech-to-text refused the recording.' },
  interrupted: { retry: true, says: 'The work was interrupted on our side.' },
} as const satisfies Record<string, { retry: boolean; says: string }>
export type MediaFailure = keyof typeof MEDIA_FAILURES

/** What the pipeline found out about one original; each step adds to it. */
export interface MediaFindings {
  readonly kind?: MediaKind
  /** MIME type by content. */
  readonly type?: string
  readonly scan?: ScanState
  readonly flags: readonly MediaFlag[]
  readonly durationMs?: number
  /** Upright, as a person sees it. */
  readonly width?: number
  readonly height?: number
  /** Loudness over time for the player's waveform: 0 to 100. */
  readonly peaks?: readonly number[]
}

/** A finished copy, as a file of the job folder: gone when the step has been recorded. */
export interface ProducedRendition {
  readonly name: RenditionName
  readonly path: string
  readonly type: string
  readonly width?: number
  readonly height?: number
  readonly durationMs?: number
}

export interface MachineTranscript {
  readonly text: string
  readonly language?: string
}

/** What one step leaves behind. It is recorded as one fact, so that a copy never stands without its measures. */
export interface StepRecord {
  readonly step: string
  readonly tookMs: number
  readonly findings: MediaFindings
  readonly renditions: readonly ProducedRendition[]
  readonly transcript?: MachineTranscript
}

export interface MediaOriginal {
  readonly assetId: string
  readonly declaredType: string
  readonly sha256: string
  /** Renditions (and `transcript`) that an earlier run recorded: they are not made again. */
  readonly made: ReadonlySet<string>
  /** True: a body's spoken answer, which goes out as a voice note too. */
  readonly isAnswer?: boolean
  open(): Promise<Readable | undefined>
}

/** How a run ended. `failure` beside `ready` is a step that blocks nothing, such as the transcript. */
export interface MediaOutcome {
  readonly findings: MediaFindings
  readonly failure?: MediaFailure
  /** False: there is no playable copy, because of `failure`. */
  readonly playable: boolean
}

/** Looks at one original and makes its copies, in a private folder that is gone afterwards. */
export interface MediaPipeline {
  process(
    original: MediaOriginal,
    record: (step: StepRecord) => Promise<void>,
    signal: AbortSignal,
  ): Promise<MediaOutcome>
  /** Ends what a killed process left: its tools and its job folders. Gives the number of folders removed. */
  sweep(): Promise<number>
}

interface Served {
  readonly state: MediaState
  readonly scan: ScanState
}

/** Whether the original may be handed out (always as attachment): never before the scanner, when there is one, has spoken. */
export const mayDownloadOriginal = (asset: Served): boolean =>
  asset.state !== 'blocked' && (asset.scan === 'clean' || asset.scan === 'off')

/** Whether the renditions may be shown. They are our own encoding, made only after the scan had its turn. */
export const mayPlay = (asset: Served): boolean => asset.state === 'ready' && asset.scan !== 'infected'

/** Whether an object may leave the house: the original once the scanner has let it pass, a copy of ours once it stands. */
export const mayOpen = (asset: Served, object: 'original' | 'rendition'): boolean =>
  object === 'original' ? mayDownloadOriginal(asset) : mayPlay(asset)
