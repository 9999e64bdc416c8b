import S3rver from 's3rver'

const [directory = '', port = '0'] = process.argv.slice(2)
const server = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  silent: true,
  directory,
  configureBuckets: [{ name: 'wasl' }],
})
const address = await server.run()
process.stdout.write(`${address.port}\n`)
