/** Codes that were printed by a release once and are not any more, each with what took its place. They are never given away again. */
export const RETIRED: Readonly<Record<string, string>> = {}
