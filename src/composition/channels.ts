import type { FastifyInstance } from 'fastify'
import { listTwilioRequests } from '../../channels/twilio-list.ts'
import type { ChannelAdapter } from '../core/channel.ts'
import { mountChannel } from '../http/mount-channel.ts'
import { createDoor, type Door } from '../intake/receive-or-spool.ts'
import type { ProviderList } from '../intake/reconcile-provider.ts'
import { startSpoolReplay } from '../intake/replay-spool.ts'
import type { Spool } from '../intake/spool.ts'
import type { Features } from './features.ts'
import { mailboxChannel } from './mail-inlets.ts'
import type { Parts } from './parts.ts'

/** Every channel with doors that others knock at: one line a channel. */
export const channelsOf = (parts: Parts, features: Features): readonly ChannelAdapter[] => {
  const mailboxes = mailboxChannel(parts, features)
  return [
    ...features.texts.channels,
    ...(features.hotline ? [features.hotline.channel] : []),
    ...(mailboxes ? [mailboxes] : []),
  ]
}

/**
 * The telephone provider's own list, read as its webhooks are: what it says goes through the same `receive`, so an event is
 * the same event by either way. Undefined where no provider is.
 */
export const providerList = (parts: Parts, features: Features): ProviderList | undefined => {
  const { telephone } = features
  if (telephone === undefined) return undefined
  const routes = channelsOf(parts, features).flatMap((channel) => channel.routes ?? [])
  const doors = new Map(routes.map((route) => [route.path, route]))
  return {
    source: 'twilio',
    list: async (since, signal) =>
      (await listTwilioRequests(telephone.client, since, signal)).flatMap(
        (request) => doors.get(request.url)?.receive(request).events ?? [],
      ),
  }
}

/** The door of those channels: the database, or the spool while it is away. */
const composeDoor = ({ logger }: Parts, { receive }: Features, spool: Spool): Door =>
  createDoor({
    receive,
    spool,
    onAway: (reason) => logger.warn({ event: 'reception.spooling', err: reason }),
  })

/** Mounts the channels' doors and brings in what was spooled. Gives the way to stop the latter. */
export const openChannels = async (
  app: FastifyInstance,
  parts: Parts,
  features: Features,
  spool: Spool,
): Promise<() => Promise<void>> => {
  const deps = { clock: parts.clock, logger: parts.logger, door: composeDoor(parts, features, spool) }
  for (const channel of channelsOf(parts, features)) await mountChannel(app, channel, deps)
  return startSpoolReplay({ ...parts, spool, receive: features.receive })
}
