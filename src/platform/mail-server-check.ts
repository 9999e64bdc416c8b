import { createTransport } from 'nodemailer'

/** Greets and logs in to the mail server and hangs up; sends nothing. Rejects with the reason, free of the password. */
export const checkMailServer = async (url: string, timeoutMs: number): Promise<void> => {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  })
  try {
    await transport.verify()
  } catch (error) {
    const { code, responseCode } = error as { code?: string; responseCode?: number }
    throw new Error(responseCode ? `the server answered ${responseCode}` : (code ?? 'no answer'))
  } finally {
    transport.close()
  }
}
