import QRCode from 'qrcode'

/** White around the code, in modules: the standard asks for four. */
const QUIET = 4

/**
 * A text as a QR code: an SVG of one filled path, a unit a module. It brings its own white ground, because a dark scheme
 * must not turn it inside out.
 */
export const qrSvg = (text: string, label = ''): string => {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' })
  const side = modules.size + 2 * QUIET
  // Neighbours of a row are one bar: half the bytes of a square each.
  const path = Array.from({ length: modules.size }, (_, row) => {
    const dark = Array.from({ length: modules.size }, (_, column) => (modules.get(row, column) ? '1' : '0'))
    return [...dark.join('').matchAll(/1+/g)].map(
      ({ index, 0: { length } }) => `M${index + QUIET} ${row + QUIET}h${length}v1h-${length}z`,
    )
  }).flat()
  const name = label === '' ? 'aria-hidden="true"' : `role="img" aria-label="${label}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" class="qr" ${name} viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" stroke="none" d="M0 0h${side}v${side}H0z"/><path fill="#000" stroke="none" d="${path.join('')}"/></svg>`
}
