import type {
  MachineTranscript,
  MediaFailure,
  MediaFindings,
  ProducedRendition,
  RenditionName,
} from '../src/core/media.ts'
import type { Probe } from './probe.ts'

/** Everything known so far: what is recorded, and what later steps need besides. */
export interface Findings extends MediaFindings {
  readonly probe?: Probe
}

/** One run over one original, in its own folder. */
export interface MediaJob {
  /** Private (0700), the working folder of every tool; removed whatever happens. */
  readonly folder: string
  readonly declaredType: string
  readonly bytes: number
  /** A body's spoken answer. */
  readonly isAnswer: boolean
  /** Recorded by an earlier run; a step does not make them again. */
  readonly made: ReadonlySet<string>
  /** Aborts when the job's time is over or the process stops. */
  readonly signal: AbortSignal
}

/** The original inside the job folder. A fixed name: what the sender called it never reaches a path. */
export const ORIGINAL = 'original'

export type StepResult =
  | {
      readonly ok: true
      readonly found?: Partial<Findings>
      readonly renditions?: readonly ProducedRendition[]
      readonly transcript?: MachineTranscript
    }
  | { readonly ok: false; readonly failure: MediaFailure; readonly found?: Partial<Findings> }

/**
 * One step of the pipeline. It may run again over the same original at any time, and gives the same answer: it reads the
 * job folder and the findings of the steps before it, writes only into the folder, and knows no database or store.
 */
export interface Step {
  readonly name: string
  /** A failure is noted beside a playable file instead of ending the run. */
  readonly optional?: true
  appliesTo(findings: Findings, job: MediaJob): boolean
  run(job: MediaJob, findings: Findings): Promise<StepResult>
}

export const lacks = (job: MediaJob, ...names: (RenditionName | 'transcript')[]): boolean =>
  names.some((name) => !job.made.has(name))

export const failure = (code: MediaFailure, found?: Partial<Findings>): StepResult =>
  found === undefined ? { ok: false, failure: code } : { ok: false, failure: code, found }
