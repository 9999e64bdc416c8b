import {
  askGateway,
  callFields,
  type ExecuteDeps,
  endCall,
  NOTHING,
  perform,
  resolveTarget,
  type SimulatedCall,
} from './execute-call.ts'
import type { Verb } from './twiml.ts'
import { postWebhook } from './webhooks.ts'

export interface CallDeps extends ExecuteDeps {
  /** Where the provider's API is reached: addresses of recordings begin with it. */
  readonly apiUrl: string
  /** Path of the gateway's door where a call begins. */
  readonly path: string
}

/** What was said into an open recording. */
export interface Take {
  readonly type: string
  readonly bytes: Buffer
  readonly seconds: number
}

export type Ending = '#' | 'silence' | 'hangup'

const keepRecording = ({ state, apiUrl }: CallDeps, call: SimulatedCall, take: Take) => {
  const sid = state.sid('RE')
  state.recordings.set(sid, {
    ...take,
    sid,
    callSid: call.sid,
    at: state.clock.now(),
    notYet: state.misbehaviour.notFoundFirst,
  })
  const RecordingUrl = `${apiUrl}/2010-04-01/Accounts/${state.account.sid}/Recordings/${sid}`
  return { RecordingSid: sid, RecordingUrl, RecordingDuration: String(take.seconds) }
}

/** The recording's own callback, which comes apart from the call and says neither caller nor line. */
const tellRecording = async (
  deps: CallDeps,
  call: SimulatedCall,
  target: string | undefined,
  fields: Record<string, string>,
): Promise<void> => {
  if (target === undefined || deps.state.misbehaviour.drop) return
  await postWebhook(deps, resolveTarget(call, target), {
    ...fields,
    CallSid: call.sid,
    AccountSid: deps.state.account.sid,
    RecordingStatus: 'completed',
    RecordingChannels: '1',
    RecordingSource: 'RecordVerb',
  })
}

const press = async (deps: CallDeps, call: SimulatedCall, keys: string): Promise<void> => {
  if (call.awaits.for !== 'keys') return
  const { verb, rest } = call.awaits
  const { action, actionOnEmptyResult, finishOnKey = '#' } = verb.attributes
  const typed = finishOnKey === '' ? keys : keys.replaceAll(finishOnKey, '')
  call.heard = []
  call.awaits = NOTHING
  if (typed !== '' || actionOnEmptyResult === 'true')
    return askGateway(deps, call, resolveTarget(call, action), { Digits: typed })
  const next = await perform(deps, call, rest)
  if (next !== undefined) await askGateway(deps, call, resolveTarget(call, next.target), next.fields)
}

/** The gateway is asked after a hang-up too, but what it answers is heard by nobody. */
const speakAndHangUp = async (
  deps: CallDeps,
  call: SimulatedCall,
  verb: Verb,
  fields: Record<string, string>,
): Promise<void> => {
  await postWebhook(deps, resolveTarget(call, verb.attributes['action']), {
    ...callFields(deps, call),
    CallStatus: 'completed',
    ...fields,
    Digits: 'hangup',
  })
  await endCall(deps, call)
}

const speak = async (deps: CallDeps, call: SimulatedCall, take: Take, ending: Ending): Promise<void> => {
  if (call.awaits.for !== 'speech') return
  const { verb } = call.awaits
  const fields = keepRecording(deps, call, take)
  const told = tellRecording(deps, call, verb.attributes['recordingStatusCallback'], fields)
  call.heard = []
  call.awaits = NOTHING
  const digits: Record<string, string> = ending === '#' ? { Digits: '#' } : {}
  if (ending === 'hangup') await speakAndHangUp(deps, call, verb, fields)
  else await askGateway(deps, call, resolveTarget(call, verb.attributes['action']), { ...fields, ...digits })
  await told
}

/** The phone calls of the simulated provider. Each action resolves once the call waits for the caller again or is over. */
export const createCalls = (deps: CallDeps) => {
  const { state, publicUrl } = deps
  const calls = new Map<string, SimulatedCall>()
  return {
    list: (): readonly SimulatedCall[] => [...calls.values()],
    find: (sid: string): SimulatedCall | undefined => calls.get(sid),
    /** The caller's number; a withheld one is told as the provider tells it. */
    dial: async (from: string): Promise<SimulatedCall> => {
      const call: SimulatedCall = {
        sid: state.sid('CA'),
        from,
        to: state.account.voice,
        at: state.clock.now(),
        status: 'in-progress',
        heard: [],
        twiml: '',
        url: '',
        awaits: NOTHING,
      }
      calls.set(call.sid, call)
      await askGateway(deps, call, `${publicUrl}${deps.path}`)
      return call
    },
    /** Presses keys, or keeps silent with none. */
    press: (call: SimulatedCall, keys: string) => press(deps, call, keys),
    /** Speaks into an open recording; ends it by `#`, by silence, or by hanging up. */
    speak: (call: SimulatedCall, take: Take, ending: Ending) => speak(deps, call, take, ending),
    hangUp: (call: SimulatedCall) => endCall(deps, call),
  }
}

export type Calls = ReturnType<typeof createCalls>
