import type { ChannelAdapter } from '../../src/core/channel.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { ConfigProblem, KeyRule } from '../../src/core/config-key.ts'
import type { TextDriver } from '../../src/core/text-message.ts'

/** A provider of short messages that is connected: what sends, and the door by which it brings what people write. */
export interface TextNetwork {
  readonly driver: TextDriver
  readonly channel: ChannelAdapter
}

export interface NetworkDeps {
  readonly clock: Clock
  /** Where the provider reaches us. */
  readonly publicUrl: string
  /** Hears of the connection, never of what went over it. `reason`: it went wrong. */
  readonly note: (happened: { readonly event: string; readonly reason?: unknown }) => void
}

/** What the environment says of one provider, ready to be opened. */
export interface ConfiguredNetwork {
  readonly id: string
  open(deps: NetworkDeps): Promise<TextNetwork>
}

/** A provider as its folder brings it: its keys, and what their values mean. */
export interface NetworkKind {
  readonly keys: Readonly<Record<string, KeyRule>>
  /** Undefined when it is not configured; half a configuration is a problem that stops the start. */
  configure(
    values: Readonly<Record<string, unknown>>,
    problems: ConfigProblem[],
  ): ConfiguredNetwork | undefined
}
