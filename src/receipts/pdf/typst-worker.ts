import fs from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'

/** What a render asks, and how it ends. */
export interface RenderRequest {
  readonly id: number
  readonly template: 'receipt' | 'report'
  readonly document: string
}
export type RenderAnswer =
  | { readonly id: number; readonly pdf: Uint8Array }
  | { readonly id: number; readonly problem: string }

const require = createRequire(import.meta.url)
const FONTS = [
  '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
  '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
  '@expo-google-fonts/noto-sans-arabic/700Bold/NotoSansArabic_700Bold.ttf',
]
/** Typst remembers what it set; this keeps what the last renders used and lets the rest go. */
const CACHE_AGE = 10

const read = (name: string): string => fs.readFileSync(new URL(`./${name}.typ`, import.meta.url), 'utf8')
const templates = { receipt: read('receipt'), report: read('report') }

/** The templates include no file, so the workspace is a folder that holds none of ours. */
const compiler = NodeCompiler.create({
  workspace: import.meta.dirname,
  fontArgs: [{ fontBlobs: FONTS.map((font) => fs.readFileSync(require.resolve(font))) }],
})

const render = ({ id, template, document }: RenderRequest): RenderAnswer => {
  const compiled = compiler.compile({ mainFileContent: templates[template], inputs: { document } })
  const { result } = compiled
  if (result === null) {
    const error = compiled.takeError()
    return { id, problem: JSON.stringify(error?.shortDiagnostics ?? 'no document') }
  }
  const pdf = compiler.pdf(result)
  compiler.evictCache(CACHE_AGE)
  return { id, pdf: new Uint8Array(pdf) }
}

parentPort?.on('message', (request: RenderRequest) => {
  try {
    parentPort?.postMessage(render(request))
  } catch (error) {
    parentPort?.postMessage({ id: request.id, problem: String(error) } satisfies RenderAnswer)
  }
})
