/** One door of the officials: who gets past it. The others get 401, 403 or 404, or the sign-in page. */
export interface Door {
  readonly may: readonly string[]
  /** The form or JSON of a request in which nothing is wrong but who asks; `{…}` are objects of A (doors-house.ts). */
  readonly says?: Readonly<Record<string, unknown>>
  /** The address with A's objects in place of its parameters; absent: `{reference}`, or nothing to fill. */
  readonly at?: string
}

const SUPERVISOR = ['ministry-supervisor']
const OF_A = ['A.manager', 'A.agent']
const MANAGERS = ['A.manager', 'B.manager']
const WATCH = [...SUPERVISOR, 'auditor']
/** Who may read what lies with body A. */
const READ = [...WATCH, ...OF_A]
const RAW = [...WATCH, 'A.manager']
/** Whoever works at the desk with complaints, of whatever body. */
const DESK = [...READ, 'B.manager', 'A.trainee']
const EVERYONE = [...DESK, 'A.clerk']
const COUNTERS = ['A.clerk', ...MANAGERS]
const NUMBERS = [...READ, 'B.manager']
/** Who has any token: what one may undo is sealed to whoever did it. */
const HOLDERS = [...EVERYONE, 'A.body', 'B.body']
const ANYBODY = [...EVERYONE, 'nobody']

const YES = { ours: 'yes', public_service: 'yes', no_court: 'yes', understandable: 'yes', new: 'yes' }
const CHECKS = { ours: true, public_service: true, no_court: true, understandable: true, new: true }
const WHY = { reason: 'inspection' }
const MOVE = { administration: 'ONEE', reason: 'Mauvaise porte' }
const NAMES = { names: { ar: 'يوم', fr: 'Jour' } }

const RULES = {
  reviewDays: 15,
  answerDays: 60,
  dayKind: 'calendar',
  rollOver: false,
  countFilingDay: false,
  silentClosureDays: 40,
  reviewSilence: 'admissible',
  reminderDays: [3],
  escalationDays: [0, 7],
  informationClock: 'runs',
  informationDays: 15,
  absentDays: 5,
}

const onConsole: Readonly<Record<string, Door>> = {
  'GET /console': { may: EVERYONE },
  'GET /console/sign-in': { may: ANYBODY },
  'GET /console/sign-in/:token': { may: ANYBODY, at: '/console/sign-in/x' },
  // What they do to whoever comes with something that is wrong is told in staff-sign-in.test.ts.
  'POST /console/sign-in': { may: [] },
  'POST /console/sign-in/:token': { may: ANYBODY, at: '/console/sign-in/x' },
  'POST /console/sign-out': { may: [] },
  'GET /console/enrol': { may: [] },
  'POST /console/enrol': { may: [] },
  'GET /console/account': { may: EVERYONE },
  'POST /console/account/password': { may: EVERYONE },
  'POST /console/account/recovery': { may: EVERYONE },
  'POST /console/account/sessions/:id/end': { may: EVERYONE, at: '/console/account/sessions/{session}/end' },
  'POST /console/account/shortcuts': { may: EVERYONE },
  'GET /console/members': { may: [...SUPERVISOR, ...MANAGERS] },
  'POST /console/members': {
    may: [...SUPERVISOR, 'A.manager'],
    says: { email: 'spare@example.org', role: 'agent', administration: 'SANTE' },
  },
  'POST /console/members/:id/:deed': {
    may: [...SUPERVISOR, 'A.manager'],
    at: '/console/members/{member}/disable',
  },
  'POST /console/bulk/assign': {
    may: MANAGERS,
    says: { pick: '{reference}', to: '' },
  },
  'POST /console/bulk/transfer': {
    may: DESK.filter((who) => who !== 'auditor'),
    says: { pick: '{reference}', ...MOVE },
  },
  'POST /console/bulk/:of/undo': { may: EVERYONE, at: '/console/bulk/assign/undo' },
  'POST /console/filters': { may: EVERYONE, says: { name: 'tout', query: '' } },
  'POST /console/filters/:id/forget': { may: EVERYONE, at: '/console/filters/{filter}/forget' },
  'GET /console/complaints/:reference': { may: READ },
  'GET /console/complaints/:reference/renditions/:id': {
    may: READ,
    at: '/console/complaints/{reference}/renditions/{rendition}',
  },
  'GET /console/complaints/:reference/mail/:id/html': {
    may: RAW,
    at: '/console/complaints/{reference}/mail/{mail}/html',
  },
  'GET /console/complaints/:reference/raw/:id': { may: RAW, at: '/console/complaints/{reference}/raw/{raw}' },
  'POST /console/complaints/:reference/raw/:id': {
    may: RAW,
    says: WHY,
    at: '/console/complaints/{reference}/raw/{raw}',
  },
  'GET /console/complaints/:reference/mail/:id/raw': {
    may: RAW,
    at: '/console/complaints/{reference}/mail/{mail}/raw',
  },
  'POST /console/complaints/:reference/mail/:id/raw': {
    may: RAW,
    says: WHY,
    at: '/console/complaints/{reference}/mail/{mail}/raw',
  },
  'GET /console/complaints/:reference/media/:id/original': {
    may: READ,
    at: '/console/complaints/{reference}/media/{asset}/original',
  },
  'POST /console/complaints/:reference/media/:id/original': {
    may: READ,
    says: WHY,
    at: '/console/complaints/{reference}/media/{asset}/original',
  },
  'POST /console/complaints/:reference/identity': { may: READ, says: WHY },
  'POST /console/complaints/:reference/media/:id/retry': {
    may: [...SUPERVISOR, ...OF_A],
    at: '/console/complaints/{reference}/media/{asset}/retry',
  },
  'POST /console/complaints/:reference/take': { may: OF_A },
  'POST /console/complaints/:reference/review': { may: OF_A, says: YES },
  'POST /console/complaints/:reference/classify': { may: OF_A, says: { cause: 'delay' } },
  'POST /console/complaints/:reference/ask': { may: OF_A, says: { question: 'Où ?' } },
  'POST /console/complaints/:reference/answer': { may: OF_A, says: { text: 'Voilà.' } },
  'POST /console/complaints/:reference/approve': { may: ['A.manager'] },
  'POST /console/complaints/:reference/return': { may: ['A.manager'], says: { remark: 'Non.' } },
  'GET /console/complaints/:reference/merge': {
    may: OF_A,
    at: '/console/complaints/{reference}/merge?into={reference}',
  },
  'POST /console/complaints/:reference/merge': { may: OF_A, says: { into: '{reference}' } },
  'POST /console/complaints/:reference/separate': { may: OF_A },
  'POST /console/complaints/:reference/interim': { may: OF_A, says: { interim: 'Plus tard.' } },
  'POST /console/complaints/:reference/notes': { may: [...SUPERVISOR, ...OF_A], says: { note: 'Vu.' } },
  'POST /console/complaints/:reference/route': { may: SUPERVISOR, says: { administration: 'ONEE' } },
  'POST /console/complaints/:reference/transfer': { may: [...SUPERVISOR, ...OF_A], says: MOVE },
  'POST /console/complaints/:reference/answer/preview': { may: READ, says: { text: 'Voilà.' } },
  'POST /console/complaints/:reference/answer/voice': { may: OF_A, says: { voice: true } },
  'POST /console/complaints/:reference/answer/voice/drop': { may: OF_A },
  'GET /console/complaints/:reference/presence': { may: READ },
  'POST /console/complaints/:reference/transcripts/:id': {
    may: [],
    says: { text: 'Une image ne dit rien.' },
    at: '/console/complaints/{reference}/transcripts/{asset}',
  },
  'GET /console/failures': { may: WATCH },
  'POST /console/deliveries/:id/redrive': { may: SUPERVISOR, at: '/console/deliveries/{delivery}/redrive' },
  'GET /console/quarantine/:id/raw': { may: WATCH, at: '/console/quarantine/{quarantined}/raw' },
  'POST /console/quarantine/:id/:deed': { may: SUPERVISOR, at: '/console/quarantine/{quarantined}/dismiss' },
  'GET /console/ledger': { may: WATCH },
  'GET /console/guide': { may: EVERYONE },
  'GET /console/guide/:task': { may: EVERYONE, at: '/console/guide/find' },
  'GET /console/join': { may: ANYBODY },
  'POST /console/join': { may: ANYBODY },
  'GET /console/bodies': { may: SUPERVISOR },
  'POST /console/bodies/:code/approve': { may: SUPERVISOR, at: '/console/bodies/NEUF/approve' },
  'POST /console/bodies/:code/refuse': { may: SUPERVISOR, at: '/console/bodies/NEUF/refuse' },
  'POST /console/bodies/:code/live': { may: SUPERVISOR, at: '/console/bodies/NEUF/live' },
  'GET /console/joining': { may: MANAGERS },
  'POST /console/joining/units': {
    may: MANAGERS,
    says: { 'unit-code': 'SANTE-X', 'unit-ar': 'وحدة', 'unit-fr': 'Unité' },
  },
  'POST /console/joining/no-units': { may: MANAGERS },
  'POST /console/joining/services': {
    may: MANAGERS,
    says: { 'service-code': 'X', 'service-ar': 'خدمة', 'service-fr': 'Service' },
  },
  'POST /console/joining/calendar': { may: MANAGERS },
  'POST /console/joining/closing-days': {
    may: MANAGERS,
    says: { 'closed-on': '2026-12-12', 'closed-for': 'Fête' },
  },
  // What the ministry keeps there is its own, for every body.
  'POST /console/joining/templates': {
    may: [...SUPERVISOR, ...MANAGERS],
    says: {
      'template-act': 'answer',
      'template-language': 'fr',
      'template-name': 'Prêt',
      'template-text': 'Bonjour.',
    },
  },
  'POST /console/joining/exercise': { may: MANAGERS },
  'POST /console/joining/conformance': { may: MANAGERS },
  'POST /console/joining/conformance/end': { may: MANAGERS },
  // B was opened by the ministry; A has not been tested.
  'POST /console/joining/people': { may: ['A.manager'] },
  'GET /console/joining/conformance/report': { may: [] },
  'POST /console/joining/connector': { may: MANAGERS, says: { choice: 'console' } },
  'GET /console/calendar': { may: [...SUPERVISOR, ...MANAGERS] },
  'POST /console/calendar/close': {
    may: SUPERVISOR,
    says: { day: '2026-12-28', 'name-ar': 'عيد', 'name-fr': 'Fête' },
  },
  'POST /console/calendar/move': { may: SUPERVISOR, says: { from: '2026-12-28', to: '2026-12-29' } },
  'POST /console/calendar/open': { may: SUPERVISOR, says: { day: '2026-12-29' } },
  'POST /console/calendar/fill': { may: SUPERVISOR, says: { year: '2029' } },
  'POST /console/calendar/own': {
    may: MANAGERS,
    says: { 'own-day': '2026-12-14', 'own-name': 'Inventaire' },
  },
  'POST /console/calendar/own/drop': { may: MANAGERS, says: { day: '2026-12-14' } },
  'GET /console/policy': { may: SUPERVISOR },
  'POST /console/policy': { may: SUPERVISOR },
  'GET /console/templates': { may: [...SUPERVISOR, ...MANAGERS] },
  'POST /console/templates': {
    may: [...SUPERVISOR, ...MANAGERS],
    says: { act: 'answer', language: 'fr', name: 'Bref', text: 'Bonjour.' },
  },
  'POST /console/templates/:id/forget': { may: ['A.manager'], at: '/console/templates/{template}/forget' },
  'GET /console/indicators': { may: NUMBERS },
  'GET /console/indicators/list': { may: NUMBERS, at: '/console/indicators/list?measure=received' },
  'GET /console/indicators/bodies': { may: NUMBERS },
  'GET /console/indicators/tables.csv': { may: NUMBERS },
  'GET /console/reports': { may: NUMBERS },
  'POST /console/reports': {
    may: [...SUPERVISOR, 'A.manager'],
    says: { year: '2025', administration: 'SANTE' },
  },
  'GET /console/reports/:id': { may: READ, at: '/console/reports/{report}' },
  'GET /console/reports/:id/differences': { may: READ, at: '/console/reports/{report}/differences' },
  // Not published: there is no file yet.
  'GET /console/reports/:id/:file': { may: [], at: '/console/reports/{report}/report.csv' },
  'POST /console/reports/:id/commentary': {
    may: [...SUPERVISOR, 'A.manager'],
    says: { section: 'received', ar: '', fr: 'Rien.' },
    at: '/console/reports/{report}/commentary',
  },
  'POST /console/reports/:id/measures': {
    may: [...SUPERVISOR, 'A.manager'],
    at: '/console/reports/{report}/measures',
  },
  'POST /console/reports/:id/return': { may: SUPERVISOR, at: '/console/reports/{report}/return' },
  'POST /console/reports/:id/:deed': {
    may: [...SUPERVISOR, 'A.manager'],
    at: '/console/reports/{report}/submit',
  },
  'GET /console/counter': { may: COUNTERS },
  'POST /console/counter': { may: COUNTERS },
  'GET /console/counter/:token': { may: [], at: '/console/counter/x' },
}

const OF_STAFF = '/api/v1/staff/complaints/{reference}'

const forStaff: Readonly<Record<string, Door>> = {
  'PUT /administrations/:code': { may: SUPERVISOR, says: NAMES, at: '/api/v1/staff/administrations/SANTE' },
  'GET /referrals': { may: WATCH },
  'GET /complaints': { may: DESK },
  'GET /complaints/:reference': { may: READ },
  'GET /complaints/:reference/raw/:id': { may: RAW, at: `${OF_STAFF}/raw/{raw}` },
  'GET /complaints/:reference/media/:id/original': { may: READ, at: `${OF_STAFF}/media/{asset}/original` },
  'POST /complaints/:reference/identity': { may: READ, says: WHY },
  'POST /complaints/:reference/media/:id/retry': {
    may: [...SUPERVISOR, ...OF_A],
    at: `${OF_STAFF}/media/{asset}/retry`,
  },
  // A token is nobody who could have it.
  'POST /complaints/:reference/take': { may: [] },
  'POST /complaints/:reference/assign': { may: ['A.manager'], says: { to: null } },
  'POST /complaints/:reference/review': { may: OF_A, says: { checks: CHECKS } },
  'POST /complaints/:reference/classify': { may: OF_A, says: { cause: 'delay' } },
  'POST /complaints/:reference/ask': { may: OF_A, says: { question: 'Où ?' } },
  'POST /complaints/:reference/answer': { may: OF_A, says: { text: 'Voilà.' } },
  'POST /complaints/:reference/approve': { may: ['A.manager'] },
  'POST /complaints/:reference/return': { may: ['A.manager'], says: { remark: 'Non.' } },
  'POST /complaints/:reference/merge': { may: OF_A, says: { into: '{reference}' } },
  'POST /complaints/:reference/separate': { may: OF_A },
  'POST /complaints/:reference/interim': { may: OF_A, says: { text: 'Plus tard.' } },
  'POST /complaints/:reference/notes': { may: [...SUPERVISOR, ...OF_A], says: { text: 'Vu.' } },
  'POST /complaints/:reference/route': { may: SUPERVISOR, says: { administration: 'ONEE' } },
  'POST /complaints/:reference/transfer': { may: [...SUPERVISOR, ...OF_A], says: MOVE },
  'PUT /complaints/:reference/answer/voice': { may: OF_A, says: { voice: true } },
  'DELETE /complaints/:reference/answer/voice': { may: OF_A },
  'GET /inbox': { may: DESK },
  'GET /inbox/counts': { may: DESK },
  'POST /inbox/assign': { may: MANAGERS, says: { references: ['{reference}'], to: null } },
  'POST /inbox/assign/undo': { may: HOLDERS, says: { undo: 'x' } },
  'POST /inbox/transfer': {
    may: DESK.filter((who) => who !== 'auditor'),
    says: { references: ['{reference}'], ...MOVE },
  },
  'POST /inbox/transfer/undo': { may: HOLDERS, says: { undo: 'x' } },
  'GET /members': { may: [...SUPERVISOR, ...MANAGERS] },
  'POST /members': {
    may: [...SUPERVISOR, 'A.manager'],
    says: { email: 'another@example.org', role: 'agent', administration: 'SANTE' },
  },
  'POST /members/:id/disable': {
    may: [...SUPERVISOR, 'A.manager'],
    at: '/api/v1/staff/members/{member}/disable',
  },
  'POST /members/:id/enable': {
    may: [...SUPERVISOR, 'A.manager'],
    at: '/api/v1/staff/members/{member}/enable',
  },
  'GET /deliveries': { may: WATCH },
  'POST /deliveries/:id/redrive': { may: SUPERVISOR, at: '/api/v1/staff/deliveries/{delivery}/redrive' },
  'GET /quarantine': { may: WATCH },
  'GET /quarantine/:id/raw': { may: WATCH, at: '/api/v1/staff/quarantine/{quarantined}/raw' },
  'POST /quarantine/:id/:deed': { may: SUPERVISOR, at: '/api/v1/staff/quarantine/{quarantined}/dismiss' },
  'GET /ledger': { may: WATCH },
  'GET /templates': { may: DESK },
  'PUT /templates': {
    may: [...SUPERVISOR, ...MANAGERS],
    says: { act: 'answer', language: 'fr', name: 'Autre', text: 'Bonjour.' },
  },
  'DELETE /templates/:id': { may: ['A.manager'], at: '/api/v1/staff/templates/{words}' },
  'GET /affiliations': { may: SUPERVISOR },
  'POST /affiliations/:code/approve': { may: SUPERVISOR, at: '/api/v1/staff/affiliations/NEUF/approve' },
  'POST /affiliations/:code/refuse': {
    may: SUPERVISOR,
    says: { reason: 'Double' },
    at: '/api/v1/staff/affiliations/NEUF/refuse',
  },
  'POST /affiliations/:code/live': { may: SUPERVISOR, at: '/api/v1/staff/affiliations/NEUF/live' },
  'GET /joining': { may: ['A.manager'] },
  'POST /joining/units': { may: ['A.manager'], says: { code: 'SANTE-Y', ...NAMES } },
  'POST /joining/no-units': { may: ['A.manager'] },
  'POST /joining/services': { may: ['A.manager'], says: { code: 'ACCUEIL', ...NAMES } },
  'POST /joining/calendar': { may: ['A.manager'] },
  'POST /joining/closing-days': { may: ['A.manager'], says: { day: '2026-12-13', name: 'Fête' } },
  'DELETE /joining/closing-days/:day': {
    may: ['A.manager'],
    at: '/api/v1/staff/joining/closing-days/2026-12-13',
  },
  'POST /joining/exercise': { may: MANAGERS },
  'POST /joining/conformance': { may: MANAGERS },
  'POST /joining/conformance/end': { may: MANAGERS },
  'POST /joining/people': { may: ['A.manager'], says: { csv: '' } },
  'PUT /joining/connector': { may: MANAGERS, says: { choice: 'console' } },
  'GET /calendar': { may: DESK },
  'GET /calendar/changes': { may: DESK },
  'GET /policies': { may: SUPERVISOR },
  'POST /policies/foresee': { may: SUPERVISOR, says: { rules: RULES } },
  'POST /policies': { may: SUPERVISOR, says: { from: '2030-01-01', rules: RULES } },
  'GET /templates/:id/versions': { may: ['A.manager'], at: '/api/v1/staff/templates/{words}/versions' },
  'PUT /calendar/:day': { may: SUPERVISOR, says: NAMES, at: '/api/v1/staff/calendar/2026-12-24' },
  'POST /calendar/:day/move': {
    may: SUPERVISOR,
    says: { to: '2026-12-23' },
    at: '/api/v1/staff/calendar/2026-12-24/move',
  },
  'DELETE /calendar/:day': { may: SUPERVISOR, at: '/api/v1/staff/calendar/2026-12-24' },
  'POST /calendar/fill': { may: SUPERVISOR, says: { year: 2030 } },
  'GET /indicators': { may: NUMBERS },
  'GET /reports': { may: NUMBERS },
  'GET /reports/:id': { may: READ, at: '/api/v1/staff/reports/{report}' },
  'GET /reports/:id/differences': { may: READ, at: '/api/v1/staff/reports/{report}/differences' },
  'POST /reports': { may: [...SUPERVISOR, 'A.manager'], says: { year: 2025, administration: 'SANTE' } },
  'POST /reports/:id/return': {
    may: SUPERVISOR,
    says: { remarks: [] },
    at: '/api/v1/staff/reports/{report}/return',
  },
  'POST /reports/:id/submit': {
    may: [...SUPERVISOR, 'A.manager'],
    at: '/api/v1/staff/reports/{report}/submit',
  },
  'POST /reports/:id/accept': { may: SUPERVISOR, at: '/api/v1/staff/reports/{report}/accept' },
  'POST /reports/:id/publish': { may: SUPERVISOR, at: '/api/v1/staff/reports/{report}/publish' },
}

const ofA = (name: string, says: Door['says'] = {}): Door => ({
  may: ['A.body'],
  says,
  at: `/api/v1/referrals/{referral}${name}`,
})

const forBodies: Readonly<Record<string, Door>> = {
  'GET ': { may: ['A.body', 'B.body'] },
  'GET /:id': ofA(''),
  'POST /:id/accept': ofA('/accept'),
  'POST /:id/refuse': ofA('/refuse', { ground: 'unintelligible', reason: 'Illisible' }),
  'POST /:id/interim': ofA('/interim', { text: 'Plus tard.' }),
  'POST /:id/ask': ofA('/ask', { question: 'Où ?' }),
  'POST /:id/answer': ofA('/answer', { text: 'Voilà.' }),
  'POST /:id/transfer': ofA('/transfer', MOVE),
  'PUT /:id/answer/voice': ofA('/answer/voice', { voice: true }),
  'DELETE /:id/answer/voice': ofA('/answer/voice'),
}

const under = (prefix: string, doors: Readonly<Record<string, Door>>): Record<string, Door> =>
  Object.fromEntries(Object.entries(doors).map(([key, door]) => [key.replace(' ', ` ${prefix}`), door]))

/** Every door of officials and bodies by method and route. A door of the house that is not here fails the test. */
export const DOORS: Readonly<Record<string, Door>> = {
  ...onConsole,
  ...under('/api/v1/staff', forStaff),
  ...under('/api/v1/referrals', forBodies),
}

const PUBLIC = `
GET / /u/:token /sw.js /receipts/:name /verify /verify/:reference /media/:token /voice/clips/:name /voice/takes/:token
GET /healthz /readyz /metrics /.well-known/audit.jws /.well-known/jwks.json /api/docs /api/openapi.json
GET /api/v1/administrations /api/v1/complaints/:reference
GET /open-data/bodies.csv /open-data/indicators.json /open-data/statistics.csv /open-data/statistics.json
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
