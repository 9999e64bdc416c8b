import { freeUploads } from '../../channels/web/add-media.page.ts'
import { ACCEPTED } from '../../channels/web/attach-files.ts'
import type { WebDeps } from '../../channels/web/deps.ts'
import { createHands } from '../../channels/web/hands.ts'
import { RECORDER_ISLAND, UPLOAD_ISLAND } from '../../channels/web/islands.ts'
import { receiveForm } from '../../channels/web/receive-form.ts'
import { recorderPanel } from '../../channels/web/recorder.ts'
import type { CounterParts } from '../console/counter.routes.ts'

/** The counter stands on what the citizen's own pages stand on: their recorder, their uploads, their offices. */
export const composeCounter = (web: WebDeps, textReceipt: CounterParts['textReceipt']): CounterParts => ({
  accept: web.accept,
  textReceipt,
  bodyByCode: async (code) => {
    const office = await web.offices.byCode(code)
    return office?.outside ? undefined : office
  },
  searchBodies: async (words) => (await web.offices.search(words)).filter(({ outside }) => !outside),
  tools: {
    recorder: (locale) => recorderPanel(locale, 'speak', {}),
    uploads: freeUploads,
    islands: [UPLOAD_ISLAND, RECORDER_ISLAND],
    accepted: ACCEPTED,
  },
  receive: async (request, locale) => {
    const hands = createHands(web, request, locale)
    const ids: string[] = []
    const fields = await receiveForm(
      request,
      hands.take,
      (name, value) => void (name === 'upload' && ids.push(value)),
    )
    if (ids.length > 0) await hands.takeUploads(ids)
    return { fields, hands }
  },
})
