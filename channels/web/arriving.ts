import { html } from 'ghtml'
import { text } from '../../src/html/text.ts'
import { COURIER_ISLAND } from './islands.ts'
import type { StepView } from './step-page.ts'

/** How far the recordings are that the filing named, and that nobody has to wait for them. */
export const stillArriving = ({ locale, filing, owner }: StepView): string => {
  if (filing.arriving.length === 0) return ''
  const texts = JSON.stringify({
    sent: text(locale, 'upload.arriving.sent', { percent: '{percent}' }),
    done: text(locale, 'upload.arriving.done'),
    cut: text(locale, 'file.upload.cut'),
  })
  return html`<p class="note" role="status" id="arriving" data-owner="${owner}" data-texts="${texts}">${text(locale, 'upload.arriving.hint')}</p>`
}

/** The script that goes on sending; only where something is on its way. */
export const arrivingIslands = ({ filing }: StepView): readonly string[] =>
  filing.arriving.length === 0 ? [] : [COURIER_ISLAND.url]
