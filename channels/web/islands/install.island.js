// Keeps the form for where there is no network. Where a browser cannot, nothing is lost but that. It waits for the page, and on a
// slow line for a moment of rest: what is wanted now goes first.
const REST_MS = 20_000

const install = () => void navigator.serviceWorker?.register('/sw.js', { type: 'module' }).catch(() => {})
const line = /** @type {any} */ (navigator).connection
const isSlow = line?.saveData === true || /2g/.test(line?.effectiveType ?? '')
const begin = () => setTimeout(install, isSlow ? REST_MS : 0)

if (document.readyState === 'complete') begin()
else addEventListener('load', begin)
