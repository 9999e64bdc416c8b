const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/

/** The longest key: encoded as one file name it stays under the 255 bytes of common file systems. */
export const KEY_CHARACTERS = 160

/**
 * Gives the key back when every part of it is a plain name; throws otherwise. Keys are made by us, never by a sender: a
 * wrong one is a mistake of ours, and this is the wall that keeps it inside the store.
 */
export const checkedKey = (key: string): string => {
  if (key.length > KEY_CHARACTERS || !key.split('/').every((segment) => SEGMENT.test(segment)))
    throw new TypeError('This cannot be the key of an object')
  return key
}
