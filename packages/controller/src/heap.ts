/** A binary heap by `at`; equal times leave in the order of `order`. */
export interface Timed {
  readonly at: number
  readonly order: number
}

export class TimeHeap<T extends Timed> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] as T
      if (isBefore(above, item)) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (first !== undefined && last !== undefined && items.length > 0) this.#sink(last)
    return first
  }

  keep(isWanted: (item: T) => boolean): void {
    const kept = this.#items.filter(isWanted).sort((left, right) => (isBefore(left, right) ? -1 : 1))
    this.#items.length = 0
    for (const item of kept) this.#items.push(item)
  }

  #sink(item: T): void {
    const items = this.#items
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      const right = items[child + 1]
      if (right !== undefined && isBefore(right, items[child] as T)) child += 1
      const below = items[child] as T
      if (isBefore(item, below)) break
      items[at] = below
      at = child
    }
    items[at] = item
  }
}

function isBefore(left: Timed, right: Timed): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}
