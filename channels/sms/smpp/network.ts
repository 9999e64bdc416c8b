import type { NetworkKind } from '../network.ts'
import { SMPP_KEYS, smppFrom } from './config.ts'

/** SMPP 3.4, as one of the networks. The library is loaded only where it is used. */
export const SMPP: NetworkKind = {
  keys: SMPP_KEYS,
  configure: (values, problems) => {
    const config = smppFrom(values, problems)
    return (
      config && {
        id: 'smpp',
        open: async (deps) => {
          const { createSmpp } = await import('./driver.ts')
          return createSmpp({ config, ...deps })
        },
      }
    )
  },
}
