import { Budget, type BudgetLimit } from './budget.js'
import { Fifo } from './fifo.js'

/** Index into PRIORITIES: 0 is served first. */
export type Rank = 0 | 1 | 2 | 3
const RANKS: readonly Rank[] = [0, 1, 2, 3]

/** What a group orders. `stamp` marks the one record of it that still counts; 0 = none. */
export interface Member {
  stamp: number
  rank: Rank
  readyAt: number
}

interface LaneRecord<T> {
  readonly member: T
  readonly stamp: number
}

/** Keys that share all their budgets, in one lane per rank. */
export interface Group<T extends Member> {
  readonly budgets: readonly Budget[]
  readonly lanes: readonly Fifo<LaneRecord<T>>[]
  /** In which rings it stands: one per rank, and one for the turn of the oldest. */
  readonly isInRing: boolean[]
  ready: number
  /** A timer will bring it back into the rings. */
  isTimed: boolean
}

const OLDEST_RING = 4

export interface GroupsOptions {
  readonly now: () => number
  readonly limitOf: (budget: string) => BudgetLimit
  /** The group must be given to `comeBack` at this time. */
  readonly wakeGroupAt: (at: number, group: unknown) => void
}

/** Who is next: groups take turns within a rank, and those whose budgets are used up stand aside until one is free. */
export class Groups<T extends Member> {
  readonly #options: GroupsOptions
  readonly #groups = new Map<string, Group<T>>()
  readonly #budgets = new Map<string, Budget>()
  readonly #rings = Array.from({ length: 5 }, () => new Fifo<Group<T>>())
  readonly #waiting = new Map<Budget, Set<Group<T>>>()

  constructor(options: GroupsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#groups.size
  }

  groupOf(names: readonly string[]): Group<T> {
    const id = names.length === 1 ? (names[0] as string) : names.join('\u0000')
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const group: Group<T> = {
      budgets: names.map((name) => this.budgetOf(name)),
      lanes: RANKS.map(() => new Fifo()),
      isInRing: this.#rings.map(() => false),
      ready: 0,
      isTimed: false,
    }
    this.#groups.set(id, group)
    return group
  }

  budgetOf(name: string): Budget {
    const known = this.#budgets.get(name)
    if (known !== undefined) return known
    const budget = new Budget(this.#options.limitOf(name), this.#options.now())
    this.#budgets.set(name, budget)
    return budget
  }

  /** The limits are asked for again: what waited under the old ones is looked at anew. */
  refreshLimits(): void {
    for (const [name, budget] of this.#budgets) {
      budget.setLimit(this.#options.limitOf(name), this.#options.now())
      this.#wakeWaiting(budget)
    }
  }

  enter(group: Group<T>, member: T): void {
    group.ready += 1
    group.lanes[member.rank]?.push({ member, stamp: member.stamp })
    this.#enterRing(group, member.rank)
    this.#enterRing(group, OLDEST_RING)
  }

  /** The next of the highest rank, or with `oldest` the one that is ready longest in the group whose turn it is. Still to be taken out. */
  pick(turn: 'rank' | 'oldest', now: number): T | undefined {
    if (turn === 'oldest') return this.#pickFrom(OLDEST_RING, now)
    for (const rank of RANKS) {
      const member = this.#pickFrom(rank, now)
      if (member !== undefined) return member
    }
    return undefined
  }

  release(group: Group<T>): void {
    for (const budget of group.budgets) {
      budget.release()
      this.#wakeWaiting(budget)
    }
  }

  comeBack(group: Group<T>): void {
    group.isTimed = false
    this.#enterRings(group)
  }

  #pickFrom(ring: number, now: number): T | undefined {
    const groups = this.#rings[ring] as Fifo<Group<T>>
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      group.isInRing[ring] = false
      const member = ring === OLDEST_RING ? oldestOf(group) : headOf(group.lanes[ring])
      if (member === undefined || this.#standsAside(group, now)) continue
      group.lanes[member.rank]?.shift()
      group.ready -= 1
      this.#enterRings(group)
      return member
    }
    return undefined
  }

  #standsAside(group: Group<T>, now: number): boolean {
    for (const budget of group.budgets) {
      const answer = budget.ask(now)
      if (answer.type === 'free') continue
      if (answer.type === 'busy') this.#waitFor(budget, group)
      else this.#waitUntil(answer.at, group)
      return true
    }
    return false
  }

  #waitFor(budget: Budget, group: Group<T>): void {
    const waiting = this.#waiting.get(budget)
    if (waiting === undefined) this.#waiting.set(budget, new Set([group]))
    else waiting.add(group)
  }

  #waitUntil(at: number, group: Group<T>): void {
    if (group.isTimed) return
    group.isTimed = true
    this.#options.wakeGroupAt(at, group)
  }

  #wakeWaiting(budget: Budget): void {
    const waiting = this.#waiting.get(budget)
    this.#waiting.delete(budget)
    for (const group of waiting ?? []) this.#enterRings(group)
  }

  #enterRings(group: Group<T>): void {
    if (group.ready === 0) return
    for (const rank of RANKS) if (headOf(group.lanes[rank]) !== undefined) this.#enterRing(group, rank)
    this.#enterRing(group, OLDEST_RING)
  }

  #enterRing(group: Group<T>, ring: number): void {
    if (group.isInRing[ring] === true) return
    group.isInRing[ring] = true
    this.#rings[ring]?.push(group)
  }
}

/** The first of a lane that still counts. */
function headOf<T extends Member>(lane: Fifo<LaneRecord<T>> | undefined): T | undefined {
  for (let record = lane?.peek(); record !== undefined; record = lane?.peek()) {
    if (record.member.stamp === record.stamp) return record.member
    lane?.shift()
  }
  return undefined
}

function oldestOf<T extends Member>(group: Group<T>): T | undefined {
  let oldest: T | undefined
  for (const lane of group.lanes) {
    const head = headOf(lane)
    if (head !== undefined && (oldest === undefined || isOlder(head, oldest))) oldest = head
  }
  return oldest
}

function isOlder(left: Member, right: Member): boolean {
  return left.readyAt < right.readyAt || (left.readyAt === right.readyAt && left.stamp < right.stamp)
}
