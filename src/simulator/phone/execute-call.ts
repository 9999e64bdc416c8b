import { MalformedTwiml, parseTwiml, type Verb } from './twiml.ts'
import { postWebhook, type WebhookDeps } from './webhooks.ts'

/** What the caller hears or is asked, in the order it comes. */
export interface Heard {
  readonly kind: 'say' | 'play' | 'beep' | 'pause' | 'note'
  readonly text: string
  /** Language of synthetic words, as the document says it. */
  readonly voice?: string
}

/** What the call waits for. */
export type Awaited =
  | { readonly for: 'keys'; readonly verb: Verb; readonly rest: readonly Verb[] }
  | { readonly for: 'speech'; readonly verb: Verb }
  | { readonly for: 'nothing' }

export interface SimulatedCall {
  readonly sid: string
  readonly from: string
  readonly to: string
  readonly at: Date
  status: 'in-progress' | 'completed'
  endedAt?: Date
  heard: Heard[]
  /** The document being executed, as it came. */
  twiml: string
  url: string
  awaits: Awaited
}

export interface ExecuteDeps extends WebhookDeps {
  /** Path of the gateway's door where a call's end is told. */
  readonly statusPath: string
}

type Fields = Readonly<Record<string, string>>

/** The document that comes next, and what is told with the request for it. */
interface Leap {
  readonly target: string
  readonly fields: Fields
}

/** Documents one action may lead through: a gateway that redirects for ever must not hang the simulator. */
const MOST_DOCUMENTS = 12
export const NOTHING: Awaited = { for: 'nothing' }

export const callFields = ({ state }: WebhookDeps, call: SimulatedCall): Fields => ({
  CallSid: call.sid,
  AccountSid: state.account.sid,
  From: call.from,
  To: call.to,
  Caller: call.from,
  Called: call.to,
  CallStatus: call.status,
  Direction: 'inbound',
  ApiVersion: '2010-04-01',
})

/** An address of a document, seen from the document it stands in; none means the same again. */
export const resolveTarget = (call: SimulatedCall, target: string | undefined): string =>
  target === undefined || target === '' ? call.url : new URL(target, call.url).href

export const endCall = async (deps: ExecuteDeps, call: SimulatedCall): Promise<void> => {
  if (call.status === 'completed') return
  call.status = 'completed'
  call.awaits = NOTHING
  call.endedAt = deps.state.clock.now()
  if (deps.state.misbehaviour.drop) return
  const seconds = Math.round((call.endedAt.getTime() - call.at.getTime()) / 1000)
  await postWebhook(deps, `${deps.publicUrl}${deps.statusPath}`, {
    ...callFields(deps, call),
    CallDuration: String(seconds),
  })
}

const spoken = ({ name, text, attributes }: Verb): Heard | undefined => {
  if (name === 'Play') return { kind: 'play', text: text.trim() }
  if (name === 'Say') {
    const { language: voice } = attributes
    return { kind: 'say', text: text.trim(), ...(voice === undefined ? {} : { voice }) }
  }
  return name === 'Pause' ? { kind: 'pause', text: attributes['length'] ?? '1' } : undefined
}

const ENDS: readonly string[] = ['Hangup', 'Reject']

/** Nobody is on the other end of the simulated line. */
const dialled = ({ attributes: { action } }: Verb): Leap | undefined =>
  action === undefined ? undefined : { target: action, fields: { DialCallStatus: 'no-answer' } }

/** One verb: 'on' to the next, 'wait' for the caller, 'end' of the call, or another document. */
const performOne = (call: SimulatedCall, verb: Verb, rest: readonly Verb[]): 'on' | 'wait' | 'end' | Leap => {
  const heard = spoken(verb)
  if (heard !== undefined) {
    call.heard.push(heard)
    return 'on'
  }
  if (verb.name === 'Gather') {
    call.heard.push(...verb.children.map(spoken).filter((one) => one !== undefined))
    call.awaits = { for: 'keys', verb, rest }
    return 'wait'
  }
  if (verb.name === 'Record') {
    if (verb.attributes['playBeep'] !== 'false') call.heard.push({ kind: 'beep', text: '' })
    call.awaits = { for: 'speech', verb }
    return 'wait'
  }
  if (verb.name === 'Redirect') return { target: verb.text.trim(), fields: {} }
  if (ENDS.includes(verb.name)) return 'end'
  call.heard.push({ kind: 'note', text: `${verb.name} ${verb.text.trim()}`.trim() })
  return (verb.name === 'Dial' ? dialled(verb) : undefined) ?? 'on'
}

/** Goes through verbs until the caller is asked for something or the call is over; gives the document to go to, if any. */
export const perform = async (
  deps: ExecuteDeps,
  call: SimulatedCall,
  verbs: readonly Verb[],
): Promise<Leap | undefined> => {
  for (const [i, verb] of verbs.entries()) {
    const step = performOne(call, verb, verbs.slice(i + 1))
    if (step === 'wait') return undefined
    if (step === 'end') break
    if (step !== 'on') return step
  }
  await endCall(deps, call)
  return undefined
}

const readOrNote = (call: SimulatedCall, status: number, body: string): readonly Verb[] | undefined => {
  try {
    if (status !== 200) throw new MalformedTwiml(`HTTP ${status}`)
    return parseTwiml(body)
  } catch (error) {
    call.heard.push({ kind: 'note', text: error instanceof Error ? error.message : String(error) })
    return undefined
  }
}

/** Asks the gateway what to do and does it, document after document, until the call waits for the caller or is over. */
export const askGateway = async (
  deps: ExecuteDeps,
  call: SimulatedCall,
  target: string,
  fields: Fields = {},
): Promise<void> => {
  let leap: Leap | undefined = { target, fields }
  for (let i = 0; leap !== undefined && i < MOST_DOCUMENTS; i += 1) {
    call.url = leap.target
    const answer = await postWebhook(deps, call.url, { ...callFields(deps, call), ...leap.fields })
    call.twiml = answer.body
    const verbs = readOrNote(call, answer.status, answer.body)
    if (verbs === undefined) return endCall(deps, call)
    const next = await perform(deps, call, verbs)
    leap = next && { ...next, target: resolveTarget(call, next.target) }
  }
}
