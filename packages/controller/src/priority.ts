/** From the one that a person waits for to the one that nobody waits for. */
export type Priority = 'userEdit' | 'deletion' | 'creation' | 'periodic'
export const PRIORITIES: readonly Priority[] = ['userEdit', 'deletion', 'creation', 'periodic']
