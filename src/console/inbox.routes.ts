import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { KINDS } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import { LOCALES } from '../core/locale.ts'
import { text } from '../html/text.ts'
import { bulkAssign, listColleagues, undoAssign } from '../staff/bulk-assign.ts'
import { bulkTransfer, undoTransfer } from '../staff/bulk-transfer.ts'
import { countInbox, INBOX_VIEWS, type InboxFilters, readInbox } from '../staff/inbox.ts'
import type { ComplaintFilters } from '../staff/list-complaints.ts'
import { mayDo } from '../staff/rights.ts'
import { forgetFilter, listFilters, saveFilter } from '../staff/saved-filters.ts'
import { searchComplaints } from '../staff/search-complaints.ts'
import { type Asked, inboxPage, type Undo } from './inbox.page.ts'
import { bannerFor } from './report-years.routes.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf, viewerOf } from './session.ts'

const PAGE_ROWS = 50

const word = z.string().trim().max(200).optional().catch(undefined)
const filterForm = z.object({
  view: z.enum(INBOX_VIEWS).optional().catch(undefined),
  kind: z.enum(KINDS).optional().catch(undefined),
  language: z.enum(LOCALES).optional().catch(undefined),
  q: word,
  state: word,
  channel: word,
  administration: word,
  cursor: word,
})

/** The filters of an address; an empty field of the form is none. */
const askedOf = (query: unknown): Asked =>
  Object.fromEntries(Object.entries(filterForm.parse(query)).filter(([, value]) => value)) as Asked

/** Nobody waits for these: they have no clock to be sorted by. */
const ENDED: readonly (string | undefined)[] = ['answered', 'closed']

const isSearch = ({ q, state }: Asked): boolean => q !== undefined || ENDED.includes(state)

const findPage = async (deps: ConsoleDeps, request: FastifyRequest, asked: Asked) => {
  const { actor } = sessionOf(request)
  if (isSearch(asked)) {
    const { view: _, ...filters } = asked
    const found = await searchComplaints(deps, actor, { ...filters, limit: PAGE_ROWS } as ComplaintFilters)
    return { found, counts: undefined }
  }
  const filters = { view: 'open', ...asked, limit: PAGE_ROWS } as InboxFilters
  const [found, counts] = await Promise.all([readInbox(deps, actor, filters), countInbox(deps, actor)])
  return { found, counts }
}

const bulkForm = z.object({
  pick: z.union([z.string().transform((one) => [one]), z.array(z.string())]).catch([]),
  to: z.string().max(40).catch(''),
  token: z.string().max(20_000).catch(''),
  administration: z.string().trim().max(40).catch(''),
  reason: z.string().trim().max(1_000).catch(''),
  back: z.string().max(1_000).catch(''),
})

const showInbox =
  (deps: ConsoleDeps) =>
  async (request: FastifyRequest, asked: Asked, undo?: Undo): Promise<string> => {
    const { actor, staffId } = sessionOf(request)
    const viewer = viewerOf(request)
    const [page, saved, colleagues, owed] = await Promise.all([
      findPage(deps, request, asked),
      listFilters(deps, staffId),
      listColleagues(deps, actor),
      bannerFor(deps, viewer),
    ])
    const { officeZone } = deps
    const facts = { asked, owed, ...page, saved, colleagues, undo, now: deps.clock.now(), officeZone }
    return inboxPage(viewer, facts)
  }

/** The list, kept searches, and giving many complaints to one person. */
export const inboxRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  const show = showInbox(deps)

  app.get('/', async (request, reply) => {
    // A clerk files and reads nothing: the counter is their desk.
    const { actor } = sessionOf(request)
    if (!mayDo(actor, 'complaint.read') && mayDo(actor, 'complaint.file'))
      return reply.redirect('/console/counter', 303)
    return reply.send(await show(request, askedOf(request.query)))
  })

  app.post('/bulk/assign', async (request, reply) => {
    const { actor } = sessionOf(request)
    const { pick, to, back } = bulkForm.parse(request.body)
    const asked = askedOf(Object.fromEntries(new URLSearchParams(back)))
    if (pick.length === 0) return reply.send(await show(request, asked))
    const { done, failed, undo } = await bulkAssign(deps, actor, { references: pick, to: to || null })
    const { locale } = viewerOf(request)
    const words = text(locale, 'desk.bulk.done', { done, failed: failed.length })
    return reply.send(await show(request, asked, { of: 'assign', done: words, token: undo }))
  })

  app.post('/bulk/transfer', async (request, reply) => {
    const { actor } = sessionOf(request)
    const { pick, administration, reason, back } = bulkForm.parse(request.body)
    const asked = askedOf(Object.fromEntries(new URLSearchParams(back)))
    if (pick.length === 0) return reply.send(await show(request, asked))
    if (reason === '') throw new AppError('validation')
    const wish = { references: pick, administration: administration.toUpperCase(), reason }
    const { done, failed, undo } = await bulkTransfer(deps, actor, wish)
    const words = text(viewerOf(request).locale, 'desk.bulk.transferred', { done, failed: failed.length })
    return reply.send(await show(request, asked, { of: 'transfer', done: words, token: undo }))
  })

  app.post<{ Params: { of: string } }>('/bulk/:of/undo', async (request, reply) => {
    const undo = request.params.of === 'transfer' ? undoTransfer : undoAssign
    await undo(deps, sessionOf(request).actor, bulkForm.parse(request.body).token)
    return reply.redirect('/console', 303)
  })

  app.post('/filters', async (request, reply) => {
    const { staffId } = sessionOf(request)
    const { name, query } = z
      .object({ name: z.string().trim().min(1).max(40), query: z.string().max(1_000) })
      .parse(request.body)
    const kept = new URLSearchParams(askedOf(Object.fromEntries(new URLSearchParams(query)))).toString()
    await saveFilter(deps, staffId, { name, query: kept })
    return reply.redirect(`/console?${kept}`, 303)
  })

  app.post<{ Params: { id: string } }>('/filters/:id/forget', async (request, reply) => {
    await forgetFilter(deps, sessionOf(request).staffId, z.uuid().parse(request.params.id))
    return reply.redirect('/console', 303)
  })
}
