// Keeps one page of each language and what it needs, so that the form opens without a network; sends what was filed there when
// the network is back. It keeps nothing else: no page with anything of anybody ever enters its store.
import { deliver } from './filings.js'

const STORE = `wasl-${'VERSION'}`
const FILES = ['FILES']

/** The citizens' pages; officials are told by their browser that there is no network. */
const CITIZENS = /^\/((ar|fr|en)(\/|$)|$)/
/** The way out of sensitive pages. */
const EXIT = /^\/(ar|fr|en)\/exit$/
/** Kept while somebody has left in haste and the gateway could not be told to forget. */
const LEFT = '/left'

addEventListener('install', (event) => {
  const keep = async () => {
    const store = await caches.open(STORE)
    await store.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })))
    await skipWaiting()
  }
  event.waitUntil(keep())
})

addEventListener('activate', (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== STORE) await caches.delete(name)
    await clients.claim()
  }
  event.waitUntil(clean())
})

/** The page for where there is no network, in the language of the address. @param {URL} url */
const offlinePage = async ({ pathname }) => {
  const language =
    /^\/(ar|fr|en)(\/|$)/.exec(pathname)?.[1] ?? /^(ar|fr|en)/.exec(navigator.language)?.[1] ?? 'ar'
  return (await caches.match(`/${language}/offline`)) ?? Response.error()
}

/** Without a network the way out leads to an empty tab, which has nothing of this service, not even its address. */
const emptyTab = async () => {
  await (await caches.open(STORE)).put(LEFT, new Response())
  return new Response(
    '<!doctype html><title> </title><meta http-equiv="refresh" content="0;url=about:blank">',
    {
      headers: { 'content-type': 'text/html' },
    },
  )
}

/** What one left behind is forgotten before anything else is asked. */
const forget = async () => {
  if (!(await caches.match(LEFT))) return
  await fetch('/ar/exit', { redirect: 'manual' })
  await (await caches.open(STORE)).delete(LEFT)
}

/** @param {Request} request @param {URL} url */
const visit = async (request, url) => {
  try {
    await forget()
    return await fetch(request)
  } catch {
    return EXIT.test(url.pathname) ? emptyTab() : offlinePage(url)
  }
}

addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate' && CITIZENS.test(url.pathname)) event.respondWith(visit(request, url))
  // Named by their content: what is kept is what would come.
  else if (url.pathname.startsWith('/assets/') && FILES.includes(url.pathname))
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)))
})

addEventListener('sync', (event) => {
  if (event.tag !== 'wasl-filings') return
  const send = async () => {
    // A promise that fails makes the browser come back later.
    if (!(await deliver())) throw new Error('not yet')
  }
  event.waitUntil(send())
})
