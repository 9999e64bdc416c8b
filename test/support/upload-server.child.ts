import { startUploadServer } from './upload-server.ts'

/** The upload door in a process of its own, to be killed. Arguments: database URL, folder, S3 options as JSON or nothing. */
const [databaseUrl = '', folder = '', s3 = ''] = process.argv.slice(2)
const server = await startUploadServer({
  databaseUrl,
  folder,
  ...(s3 === '' ? {} : { s3: JSON.parse(s3) }),
})
process.stdout.write(`${server.url}\n`)
