// Keeps the form for where there is no network. Where a browser cannot, nothing is lost but that.
void navigator.serviceWorker?.register('/sw.js', { type: 'module' }).catch(() => {})
