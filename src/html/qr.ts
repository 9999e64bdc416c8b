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
  const path: string[] = []
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column)) path.push(`M${column + QUIET} ${row + QUIET}h1v1h-1z`)
  const name = label === '' ? 'aria-hidden="true"' : `role="img" aria-label="${label}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" class="qr" ${name} viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" stroke="none" d="M0 0h${side}v${side}H0z"/><path fill="#000" stroke="none" d="${path.join('')}"/></svg>`
}
