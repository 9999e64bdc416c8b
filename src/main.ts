import { keepCompiled } from './platform/keep-compiled.ts'

keepCompiled()
const { runUntilSignal } = await import('./composition/run.ts')

/** The whole gateway in one process: what `npm start` and the container run. */
await runUntilSignal({ serve: true, work: true })
