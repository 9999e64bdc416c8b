import fs from 'node:fs'

/** Prints the closing line of a run: the suite's cases and the smoke as one more. */
const [file = '', smoke = '1'] = process.argv.slice(2)
const results = fs.existsSync(file)
  ? (JSON.parse(fs.readFileSync(file, 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
      numFailedTestSuites: number
    })
  : { numPassedTests: 0, numFailedTests: 1, numFailedTestSuites: 0 }
const smokePassed = smoke === '0' ? 1 : 0
// A file that could not even be loaded has no failed case of its own.
const failedSuites = results.numFailedTests === 0 ? results.numFailedTestSuites : 0
const passed = results.numPassedTests + smokePassed
const failed = results.numFailedTests + failedSuites + (1 - smokePassed)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
