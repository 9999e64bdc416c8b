/** What one job may cost. Each limit is held from outside the tool by the kernel or by a clock, and tested at its edge. */
export const MEDIA_LIMITS = {
  /** Wall clock of all the tools of a job, after it got its turn. */
  jobMs: 120_000,
  /** CPU of one tool: two cores for the whole job. */
  cpuSeconds: 240,
  /** Writable memory of one tool (RLIMIT_DATA). */
  memoryBytes: 1024 ** 3,
  /** Address space of one ffmpeg or ffprobe (RLIMIT_AS): their libraries and code come on top of the memory. */
  addressBytes: 2 * 1024 ** 3,
  openFiles: 256,
  /** A rendition; ffmpeg stops softly at it, the kernel a little above. */
  renditionBytes: 1024 ** 3,
  /** A tool's talk that is kept. */
  stderrBytes: 16 * 1024,
  stdoutBytes: 1024 * 1024,
  /** Decoded picture: a 108-megapixel phone camera passes. */
  imagePixels: 120_000_000,
  /** Decoded film frame: 8K passes. */
  framePixels: 8192 * 4320,
  durationSeconds: 6 * 3600,
  scanIdleMs: 30_000,
  transcribeMs: 100_000,
  transcriptCharacters: 100_000,
  /** A job folder of another machine's process is left alone this long. */
  abandonedMs: 15 * 60_000,
} as const

/** How the copies look. Pixels on the longer or shorter side, bits per second. */
export const RENDITION_SIZES = {
  videoShortSide: 720,
  videoLongSide: 1280,
  poster: 640,
  large: 1600,
  thumb: 320,
  peaks: 200,
} as const
