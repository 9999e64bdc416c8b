/** What was received, as far as the receipt vouches for it. */
export interface ReceivedContent {
  /** The text as stored: NUL and lone surrogates already made storable. */
  readonly text: string
  /** The files in the order they were given, with the name the sender gave them. */
  readonly media: readonly {
    readonly name: string
    readonly bytes: number
    /** Lower-case hex. */
    readonly sha256: string
  }[]
}

/**
 * The manifest whose SHA-256 a receipt signs: canonical JSON (RFC 8785, JCS) of `{ media: [{ bytes, name, sha256 }], text, v }`.
 *
 * Canonical so that a citizen can make it again without us: keys in alphabetical order, no spaces, UTF-8. With the text in
 * `t.txt` and the files' names, sizes and `sha256sum` at hand, any JCS tool, or
 * `jq -cjS -n --rawfile t t.txt '{v: 1, text: $t, media: [{name: "a.mp3", bytes: 12, sha256: "…"}]}' | sha256sum`,
 * gives the digest printed on the receipt.
 */
export const receiptContent = ({ text, media }: ReceivedContent): string =>
  JSON.stringify({
    media: media.map(({ bytes, name, sha256 }) => ({ bytes, name, sha256 })),
    text,
    v: 1,
  })
