// How loud it is: somebody who cannot hear the machine sees that it hears.
const FRAME_MS = 100
/** Speech at arm's length fills most of the bar. */
const GAIN = 4

/** Shows the level of a stream's sound until the function it gives is called. @param {MediaStream} stream @param {HTMLProgressElement} meter */
export const show = (stream, meter) => {
  if (!globalThis.AudioContext || stream.getAudioTracks().length === 0) return () => {}
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 512
  context.createMediaStreamSource(stream).connect(analyser)
  const wave = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(wave)
    const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length
    meter.value = Math.min(1, Math.sqrt(power) * GAIN)
  }, FRAME_MS)
  return () => {
    clearInterval(timer)
    meter.value = 0
    void context.close()
  }
}
