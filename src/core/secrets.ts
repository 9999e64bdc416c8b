/** What SECRET_KEY is used for, each purpose with a key of its own. */
export interface Secrets {
  /** 32 bytes for one purpose (HKDF-SHA-256). */
  derive(purpose: string): Buffer
  /** HMAC-SHA-256 of a text under a purpose's key, base64url. */
  mac(purpose: string, text: string): string
  /** Encrypts a short secret for a column (AES-256-GCM). */
  seal(text: string): string
  /** Undoes `seal`; throws when the key is another or the value was changed. */
  unseal(sealed: string): string
}
