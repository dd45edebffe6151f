/** One version for all programs of a release; the release script changes it together with the package files. */
export const VERSION = '0.1.0'

declare const __OASGEN_COMMIT__: string | undefined

/** The commit that a bundle was made of; empty where it was not made from a repository. */
export const BUILD_COMMIT = typeof __OASGEN_COMMIT__ === 'string' ? __OASGEN_COMMIT__ : ''
