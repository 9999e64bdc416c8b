import QRCode from 'qrcode'
import { expect, it } from 'vitest'
import { qrSvg } from './qr.ts'

it('draws every module of the code, dark on its own white ground, with four modules of quiet around', () => {
  const address = 'https://wasl.example/verify/2612345670'
  const svg = qrSvg(address, 'Vérifier')
  const { modules } = QRCode.create(address, { errorCorrectionLevel: 'M' })
  expect(svg).toContain(`viewBox="0 0 ${modules.size + 8} ${modules.size + 8}"`)
  expect(svg).toContain('role="img" aria-label="Vérifier"')
  const bars = [...svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)]
  const drawn = new Set(
    bars.flatMap(([, x, y, length]) =>
      Array.from({ length: Number(length) }, (_, right) => `${Number(x) + right},${y}`),
    ),
  )
  const dark = new Set<string>()
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column)) dark.add(`${column + 4},${row + 4}`)
  expect(drawn).toEqual(dark)
})
