/** Every limit in one place, said to people before they meet it and tested at its edge. Sizes in bytes, times in seconds. */
export const LIMITS = {
  /** Characters of a complaint's text. */
  textCharacters: 10_000,
  nameCharacters: 120,
  placeCharacters: 120,
  emailCharacters: 254,
  idempotencyKeyCharacters: 200,
  fileNameCharacters: 180,
  filesPerSubmission: 5,
  /** A file of the citizen's form. */
  formFileBytes: 50 * 1024 * 1024,
  /** A recording whose length is not yet known: what it may grow to, and what it counts as until then. */
  recordingBytes: 50 * 1024 * 1024,
  /** A spoken answer of a body. */
  answerVoiceBytes: 25 * 1024 * 1024,
  /** The longest take of the recorder of the pages. */
  voiceSeconds: 5 * 60,
  filmSeconds: 90,
  /** A file by the upload API; refused at declaration above it. */
  uploadBytes: 2 * 1024 * 1024 * 1024,
  /** What one client may hold in uploads that no filing has claimed, and how many of them unfinished. */
  pendingBytesPerClient: 4 * 1024 * 1024 * 1024,
  pendingUploadsPerClient: 50,
  uploadAbandonedAfter: 24 * 3600,
  /** A whole message, as it came: 25 MB of files in base64 and room for the words. */
  mailBytes: 50 * 1024 * 1024,
  /** What is read of a larger one for its words; its files stay out, and its sender is told. Beyond, a person looks at it. */
  mailReadBytes: 200 * 1024 * 1024,
  /** Files of one message together. */
  mailFilesBytes: 50 * 1024 * 1024,
  mailFileBytes: 25 * 1024 * 1024,
  mailFiles: 50,
  /** Characters of a mail that become the text of the record; the original holds the rest. */
  mailTextCharacters: 100_000,
  /** Uploads are refused when less than this is free beside them: the database may live on the same disk. */
  freeDiskBytes: 256 * 1024 * 1024,
  jsonBodyBytes: 256 * 1024,
  draftLife: 7 * 24 * 3600,
} as const
