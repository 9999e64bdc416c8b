import { runUntilSignal } from './composition/run.ts'

/** The whole gateway in one process: what `npm start` and the container run. */
await runUntilSignal({ serve: true, work: true })
