import type { NetworkKind } from './network.ts'
import { SMPP } from './smpp/network.ts'

/**
 * Providers of short messages with keys of their own, the preferred first: one line a driver. (Twilio's account serves the
 * hotline as well and is configured beside it.)
 */
export const NETWORKS: readonly NetworkKind[] = [SMPP]
