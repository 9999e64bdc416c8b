// @ts-check
// The list as it is now. The server says when it changed; it is asked for again as a page is. While somebody has marked
// complaints in it nothing moves under their hand: a line offers the new list instead.

const status = document.getElementById('live')
const address = status?.dataset['address']
const PARTS = ['views', 'cases']

const isInUse = () => document.querySelector('#cases input:checked') !== null

const links = () =>
  [...document.querySelectorAll('#views a, #cases a')].filter((one) => one instanceof HTMLAnchorElement)

/** Puts the new parts in, and the focus on the same link again, or where it was if that one has gone. @param {Document} page */
const show = (page) => {
  const place = links().indexOf(document.activeElement)
  const address = links()[place]?.href
  for (const id of PARTS) {
    const next = page.getElementById(id)
    if (next) document.getElementById(id)?.replaceWith(next)
  }
  if (place < 0) return
  const now = links()
  const link = now.find(({ href }) => href === address) ?? now[Math.min(place, now.length - 1)]
  link?.focus({ preventScroll: true })
}

const refresh = async () => {
  const answer = await fetch(address ?? '')
  // Signed out meanwhile: the next press says so.
  if (!answer.ok || answer.redirected) return
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  if (isInUse()) status?.removeAttribute('hidden')
  else show(page)
}

/** @type {EventSource | undefined} */
let stream
let opened = 0

const listen = () => {
  stream = new EventSource('/console/live')
  const turn = () => void refresh().catch(() => {})
  stream.addEventListener('changed', turn)
  // What happened while nobody listened is seen by looking.
  stream.addEventListener('open', () => {
    opened += 1
    if (opened > 1) turn()
  })
}

// A browser holds six connections to a place: pages in the background keep none.
const follow = () => {
  if (document.hidden) stream?.close()
  else listen()
}

if (status && address) {
  document.addEventListener('visibilitychange', follow)
  window.addEventListener('pagehide', () => stream?.close())
  follow()
}
