/** The signed door of the bench server and how to knock at it. */
export const BENCH_WEBHOOK = {
  path: '/webhooks/twilio/messages',
  token: 'a-bench-token',
  publicUrl: 'https://wasl.example',
} as const
