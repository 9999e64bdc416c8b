// On the pages after the first: goes on sending what the filing named, and says how far it is.
import { announcer, fill } from './announce.js'
import * as courier from './courier.js'
import * as parcels from './parcels.js'

const place = document.getElementById('arriving')

/** @param {HTMLElement} place */
const follow = (place) => {
  /** @type {Record<string, string>} */
  const say = JSON.parse(place.dataset['texts'] ?? '{}')
  const tell = announcer(place)
  let toldQuarter = -1
  courier.listen(async ({ what, sent = 0, size }) => {
    if (what === 'cut') tell(say['cut'])
    if (what === 'arrived') {
      const left = (await parcels.parcels()).some(({ url, hasArrived }) => url && !hasArrived)
      if (!left) tell(say['done'])
    }
    if (what !== 'progress' || !size) return
    const percent = Math.floor((sent / size) * 100)
    const quarter = Math.floor(percent / 25)
    if (quarter !== toldQuarter) tell(fill(say['sent'], { percent }))
    toldQuarter = quarter
  })
  // When this page is closed, the browser itself may go on, where it can.
  void navigator.serviceWorker?.ready
    .then((worker) => /** @type {any} */ (worker).sync?.register('wasl-filings'))
    .catch(() => {})
  void courier.start({ owner: place.dataset['owner'] ?? 'none' })
}

if (place) follow(place)
