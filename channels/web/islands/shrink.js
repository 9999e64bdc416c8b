// Makes a picture small enough for a slow line: what a clerk looks at on a screen. The one who took it may send the original.
const LONG_EDGE = 1600
const QUALITY = 0.8
/** Below this there is little to win. */
const WORTH_BYTES = 400 * 1024

/**
 * A smaller copy, upright and without the place it was taken at; undefined when there is nothing to win or the browser cannot.
 * @param {File} file @returns {Promise<File | undefined>}
 */
export const shrink = async (file) => {
  if (!/^image\/(jpeg|png|webp|heic|heif|avif)$/.test(file.type) || file.size < WORTH_BYTES) return undefined
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, LONG_EDGE / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    const pen = canvas.getContext('2d', { alpha: false })
    pen?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    /** @type {Blob | null} */
    const smaller = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
    if (!smaller || smaller.size > file.size * 0.8) return undefined
    return new File([smaller], file.name.replace(/\.\w+$|$/, '.jpg'), { type: 'image/jpeg' })
  } catch {
    // HEIC where the browser cannot read it, a picture beyond its memory.
    return undefined
  }
}
