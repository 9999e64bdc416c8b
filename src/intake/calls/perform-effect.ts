import type { CallEffect, CallResult } from '../../core/call.ts'
import { recordLanguage } from '../../core/locale.ts'
import type { Submission } from '../../core/submission.ts'
import { type CallDeps, VOICE } from './call-deps.ts'
import type { CallRow } from './call-record.ts'

type Filing = CallEffect & { readonly type: 'file' }

/** The first filing of a call bears the call's own id; a caller may go back to the menu and file again. */
const externalIdOf = ({ callSid, state }: CallRow): string =>
  state.filings.length === 0 ? callSid : `${callSid}:${state.filings.length + 1}`

/** What the record keeps of the call as it came: numbers, consent, recordings; the sound follows by itself. */
const rawOf = (call: CallRow, { takes }: Filing): Submission['raw'] => ({
  type: 'application/json',
  body: Buffer.from(
    JSON.stringify({
      callSid: call.callSid,
      caller: call.caller,
      called: call.called,
      startedAt: call.startedAt.toISOString(),
      language: call.state.language,
      consent: call.state.consent ?? call.consent,
      recordings: takes,
    }),
  ),
})

const submissionOf = (deps: CallDeps, call: CallRow, filing: Filing): Submission => ({
  channel: VOICE,
  externalId: externalIdOf(call),
  receivedAt: deps.clock.now(),
  kind: filing.kind,
  text: '',
  language: recordLanguage(call.state.language),
  contact: call.caller === null ? {} : { phone: call.caller, preferred: 'voice' },
  anonymous: call.caller === null,
  media: [],
  raw: rawOf(call, filing),
})

/** Files what was said, or sends its complaint again. The same call gives the same filing however often it is asked. */
export const fileCall = async (deps: CallDeps, call: CallRow, filing: Filing): Promise<CallResult> => {
  const submission = submissionOf(deps, call, filing)
  if (filing.resubmits === undefined) {
    const { complaintId } = await deps.accept(submission)
    return { type: 'filed', complaintId, round: 1 }
  }
  const again = await deps.resubmit(filing.resubmits, submission)
  if (again.ok) return { type: 'filed', complaintId: filing.resubmits, round: again.round }
  // It may not be sent again in its state; what was said is worth a complaint of its own.
  if (filing.takes.length === 0) return { type: 'refused' }
  const { complaintId } = await deps.accept(submission)
  return { type: 'filed', complaintId, round: 1 }
}

const track = async (
  deps: CallDeps,
  { caller, callSid }: CallRow,
  typed: CallEffect & { type: 'track' },
): Promise<CallResult> => {
  const found = await deps.track({ ...typed, client: `call:${caller ?? callSid}` })
  return typeof found === 'string' ? { type: 'untracked', reason: found } : { type: 'cases', cases: [found] }
}

const textLink = async ({ textLink: send }: CallDeps, { caller, callSid }: CallRow, complaintId: string) =>
  caller === null ? 'refused' : send(complaintId, caller, callSid)

/** Does what the tree asks for and tells it how that ended. */
export const performEffect = async (
  deps: CallDeps,
  call: CallRow,
  effect: CallEffect,
): Promise<CallResult> => {
  switch (effect.type) {
    case 'file':
      return fileCall(deps, call, effect)
    case 'find_cases':
      return { type: 'cases', cases: call.caller === null ? [] : await deps.casesOf(call.caller) }
    case 'track':
      return track(deps, call, effect)
    case 'rate':
      return { type: (await deps.rate(effect.complaintId)).ok ? 'rated' : 'refused' }
    case 'text_receipt':
      return { type: 'texted', how: await deps.textReceipt(effect.complaintId, effect.to) }
    case 'text_link':
      return { type: 'linked', how: await textLink(deps, call, effect.complaintId) }
  }
}
