/** One version for all programs of a release; the release script changes it together with the package files. */
export const VERSION = '0.1.0'
