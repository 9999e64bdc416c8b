const PUBLIC = `
GET / /u/:token /sw.js /receipts/:name /verify /verify/:reference /media/:token /voice/clips/:name /voice/takes/:token
GET /healthz /readyz /metrics /.well-known/audit.jws /.well-known/jwks.json /api/docs /api/openapi.json
GET /api/v1/administrations /api/v1/complaints/:reference
GET /open-data/bodies.csv /open-data/complaints.csv /open-data/complaints.json /open-data/indicators.json /open-data/statistics.csv /open-data/statistics.json
GET /open311/v2/discovery.json /open311/v2/requests.json /open311/v2/requests/:id.json /open311/v2/services.json
GET /open311/v2/services/:code.json /open311/v2/tokens/:token.json /open311/v2/discovery.xml /open311/v2/requests.xml
GET /open311/v2/requests/:id.xml /open311/v2/services.xml /open311/v2/services/:code.xml /open311/v2/tokens/:token.xml
GET /:locale /:locale/ /:locale/accessibility /:locale/exit /:locale/privacy /:locale/sensitive /:locale/statistics /:locale/offline
GET /:locale/manifest.webmanifest /:locale/u/:token /:locale/verify /:locale/verify/:reference /:locale/receipts/:name
GET /:locale/file/message /:locale/file/office /:locale/file/contact /:locale/file/check /:locale/file/later /:locale/file/media/:id
GET /:locale/file/resume /:locale/file/resume/:token /:locale/reports /:locale/reports/:year/:code/:version
GET /:locale/reports/:year/:code/:version/:file /:locale/track /:locale/track/:token /:locale/track/complaint
GET /:locale/track/complaint/add /:locale/track/complaint/again /:locale/track/complaint/contact /:locale/track/complaint/data
GET /:locale/track/complaint/data.json /:locale/track/complaint/withdraw
POST /:locale/file/message /:locale/file/office /:locale/file/contact /:locale/file/check /:locale/file/new /:locale/file/draft
POST /:locale/file/later /:locale/file/resume /:locale/file/resume/:token /:locale/offline /:locale/u/:token
POST /:locale/receipts/:name/send /:locale/track /:locale/track/leave /:locale/track/complaint/add /:locale/track/complaint/again
POST /:locale/track/complaint/contact /:locale/track/complaint/satisfied /:locale/track/complaint/unsatisfied
POST /:locale/track/complaint/withdraw /api/v1/submissions /api/v1/uploads /open311/v2/requests.json /open311/v2/requests.xml
POST /webhooks/twilio/messages /webhooks/twilio/status /webhooks/twilio/voice /webhooks/twilio/voice/fallback
POST /webhooks/twilio/voice/recording /webhooks/twilio/voice/status /api/v1/affiliations /verify /:locale/verify
PATCH /api/v1/uploads/:id
DELETE /api/v1/uploads/:id`

/** The doors of everybody: pages, APIs and webhooks that know their people by a secret link, a code or a signature. */
export const PUBLIC_DOORS: readonly string[] = PUBLIC.trim()
  .split('\n')
  .flatMap((line) => {
    const [method, ...urls] = line.split(' ')
    return urls.map((url) => `${method} ${url}`)
  })
