/** What a piece of a rendered finding is; the colours follow from it. */
export type Style = 'error' | 'warning' | 'notice' | 'strong' | 'frame' | 'help'
export type Paint = (text: string, style: Style) => string

const CODES: Readonly<Record<Style, string>> = { error: '1;31', warning: '1;33', notice: '1;36', strong: '1', frame: '34', help: '1;32' }

export const ANSI: Paint = (text, style) => (text === '' ? '' : `\u001b[${CODES[style]}m${text}\u001b[0m`)
export const NO_COLOUR: Paint = (text) => text
