import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { isArray, isObject, readJson, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { namesFor } from '@oasgen/provider'
import type { Exchange } from '@oasgen/wire'
import { CommandError, type CommandIo } from '../io.js'
import { healthPortFile } from '../up/folder.js'
import type { TargetOptions } from '../kubectl/target.js'

/** The exchanges that controllers remember, newest last, masked by them. */
export interface ExchangeSource {
  of(plan: Plan, key: string): Promise<readonly Exchange[]>
  close(): Promise<void>
}

export interface ExchangeOptions extends TargetOptions {
  /** Base address of a controller's health port, such as `http://127.0.0.1:8081`. */
  readonly exchanges?: string
}

/** Told where they are, or the controllers of `oasgen up` here, or through `kubectl port-forward`: they speak to their own machine only. */
export function openExchanges(io: CommandIo, options: ExchangeOptions): ExchangeSource {
  const known = new Map<string, Promise<string | undefined>>()
  const closing: (() => void)[] = []
  const address = (plan: Plan): Promise<string | undefined> => {
    const { namespace, deployment } = namesFor(plan.definition, plan.resource)
    const key = `${namespace}/${deployment}`
    const found = known.get(key) ?? locate(io, options, { namespace, deployment, closing })
    known.set(key, found)
    return found
  }
  return {
    of: async (plan, key) => {
      const base = await address(plan)
      if (base === undefined) return []
      const { plural, group } = plan.resource
      return exchangesAt(`${base}/debug/exchanges?resource=${encodeURIComponent(key)}&kind=${encodeURIComponent(`${plural}.${group}`)}`)
    },
    close: async () => closing.forEach((close) => close()),
  }
}

interface Locating {
  readonly namespace: string
  readonly deployment: string
  readonly closing: (() => void)[]
}

async function locate(io: CommandIo, options: ExchangeOptions, { namespace, deployment, closing }: Locating): Promise<string | undefined> {
  if (options.exchanges !== undefined) return options.exchanges.replace(/\/(?:debug\/exchanges)?\/?$/, '')
  const file = healthPortFile(io.cwd, deployment)
  if (existsSync(file)) return `http://127.0.0.1:${readFileSync(file, 'utf8').trim()}`
  return forward(io, options, { namespace, deployment, closing })
}

const FORWARD_MS = 5_000

/** kubectl knows every way into a cluster; without it the exchanges are simply not shown. */
function forward(io: CommandIo, { kubeconfig, context }: ExchangeOptions, { namespace, deployment, closing }: Locating): Promise<string | undefined> {
  const flags = [...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]), ...(context === undefined ? [] : ['--context', context])]
  const child = spawn('kubectl', [...flags, '-n', namespace, 'port-forward', `deployment/${deployment}`, ':8081'], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...io.env } as NodeJS.ProcessEnv })
  closing.push(() => child.kill())
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), FORWARD_MS)
    timer.unref()
    child.once('error', () => resolve(undefined))
    child.once('exit', () => resolve(undefined))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
    })
  })
}

export function exchangesAt(url: string): Promise<readonly Exchange[]> {
  return new Promise((resolve) => {
    const asked = request(url, { timeout: 5_000 }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const read = readJson(Buffer.concat(chunks).toString('utf8'))
        resolve(read.ok && response.statusCode === 200 ? readExchanges(read.value) : [])
      })
    })
    asked.on('error', () => resolve([]))
    asked.on('timeout', () => asked.destroy())
    asked.end()
  })
}

/** What a controller prints, or a file of it. Anything that is no exchange is refused, so that a replay never guesses. */
export function readExchanges(value: JsonValue): readonly Exchange[] {
  if (!isArray(value)) throw new CommandError('these are no exchanges: a list was expected, as /debug/exchanges answers it')
  return value.map((entry, index) => {
    const isExchange = isObject(entry) && isObject(entry.purpose) && isObject(entry.request) && isObject(entry.result) && typeof entry.at === 'number'
    if (!isExchange) throw new CommandError(`entry ${index} is no exchange: it needs purpose, request, at and result`)
    return entry as unknown as Exchange
  })
}
