const RATE = 8000
const HERTZ = 180
const HEADER = 44

/** A tone that swells and fades like syllables, as WAV: something to send when there is no microphone. */
export const sampleVoice = (seconds: number): Buffer => {
  const samples = Math.round(seconds * RATE)
  const wav = Buffer.alloc(HEADER + samples * 2)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(HEADER - 8 + samples * 2, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(RATE, 24)
  wav.writeUInt32LE(RATE * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(samples * 2, 40)
  for (let i = 0; i < samples; i += 1) {
    const loudness = 9000 * Math.abs(Math.sin((Math.PI * 3 * i) / RATE))
    wav.writeInt16LE(Math.round(loudness * Math.sin((2 * Math.PI * HERTZ * i) / RATE)), HEADER + i * 2)
  }
  return wav
}
