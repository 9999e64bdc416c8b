/** A person without scripts: keeps cookies, follows what pages say, sends forms as browsers do. */
export interface WebPerson {
  get(path: string): Promise<WebAnswer>
  /** Sends a form; a value that is a File makes it multipart. The hidden fields of the last page go along. */
  post(
    path: string,
    fields: Record<string, string | File>,
    headers?: Record<string, string>,
  ): Promise<WebAnswer>
  readonly cookies: Map<string, string>
}

export interface WebAnswer {
  readonly status: number
  readonly location: string | null
  readonly headers: Headers
  readonly html: string
  /** Words of the error summary, one each line. */
  readonly problems: readonly string[]
}

const problemsIn = (html: string): string[] =>
  [
    ...(/<div class="problem"[\s\S]*?<\/div>/.exec(html)?.[0] ?? '').matchAll(
      /<a href="#\w+">([\s\S]*?)<\/a>/g,
    ),
  ].map(([, words = '']) => words)

const hiddenIn = (html: string): [string, string][] =>
  [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(
    ([, name = '', value = '']) => [name, value.replaceAll('&#61;', '=')],
  )

export const webPerson = (base: string, standing: Record<string, string> = {}): WebPerson => {
  const cookies = new Map<string, string>()
  let hidden: [string, string][] = []

  const ask = async (
    path: string,
    init: RequestInit,
    headers: Record<string, string>,
  ): Promise<WebAnswer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, base), {
      ...init,
      redirect: 'manual',
      headers: { ...standing, ...headers, ...(cookie ? { cookie } : {}) },
    })
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split('=') ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const html = await response.text()
    if (html.includes('<form')) hidden = hiddenIn(html)
    return {
      status: response.status,
      location: response.headers.get('location'),
      headers: response.headers,
      html,
      problems: problemsIn(html),
    }
  }

  const bodyOf = (fields: Record<string, string | File>): FormData | URLSearchParams => {
    const all = [...hidden.filter(([name]) => !(name in fields)), ...Object.entries(fields)]
    if (!all.some(([, value]) => value instanceof File)) return new URLSearchParams(all as [string, string][])
    const form = new FormData()
    for (const [name, value] of all) form.append(name, value)
    return form
  }

  return {
    cookies,
    get: (path) => ask(path, {}, {}),
    post: (path, fields, headers = {}) =>
      ask(path, { method: 'POST', body: bodyOf(fields) }, { origin: new URL(base).origin, ...headers }),
  }
}

/** Answers every question and stands before Send. */
export const fillFiling = async (person: WebPerson, text: string, files: File[] = []): Promise<void> => {
  await person.get('/fr/file/message?way=write')
  await person.post('/fr/file/message', { text, kind: 'complaint', ...(files[0] ? { files: files[0] } : {}) })
  await person.post('/fr/file/office', { office: 'unknown' })
  await person.post('/fr/file/contact', { contact: 'none' })
}
