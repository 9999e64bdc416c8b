import { openTelephoneDoor } from './telephone-door.ts'

/** The door alone in a process, so that its memory is its own: over the database named first; prints its address. */
const door = await openTelephoneDoor(process.argv[2] ?? '')
process.stdout.write(`${door.url}\n`)
