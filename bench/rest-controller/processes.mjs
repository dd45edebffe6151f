// The processes of the bench: started, asked, measured, ended.
import { fork as forkProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

export const here = (name) => fileURLToPath(new URL(name, import.meta.url))
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const CONTROLLER = process.env.CONTROLLER ?? here('../../packages/rest-controller/bundle/rest-dynamic-controller.mjs')
const children = new Set()

function kept(child) {
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

export function fork(script, args = []) {
  return kept(forkProcess(here(script), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
}

export function message(child, type) {
  return new Promise((resolve) => {
    const listen = (got) => {
      if (got.type !== type) return
      child.off('message', listen)
      resolve(got)
    }
    child.on('message', listen)
  })
}

export function ask(child, request) {
  const answered = message(child, request.type)
  child.send(request)
  return answered
}

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

const ports = [await freePort(), await freePort(), await freePort()]
let starts = 0

/** The bundle, as a pod runs it. */
export function startController({ plan, key, kubeconfig, interval, workers }) {
  const port = ports[starts++ % ports.length]
  const args = ['-group=bench.example', '-version=v1alpha1', '-resource=things', `-plan=${plan}`, `-key=${key}`, `-resync-interval=${interval}`, `-workers=${workers}`, `-health-port=${port}`]
  const profile = process.env.PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${process.env.PROFILE}`]
  const child = kept(spawn(process.execPath, [...profile, CONTROLLER, ...args], { env: { ...process.env, KUBECONFIG: kubeconfig, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16' }, stdio: ['ignore', 'ignore', 'pipe'] }))
  let isServing = false
  child.stderr.on('data', (data) => {
    if (process.env.VERBOSE) process.stderr.write(data)
    isServing ||= data.includes('"msg":"serving"')
  })
  return { child, port, serves: () => isServing }
}

export async function stop({ child }) {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

export async function endAll() {
  for (const child of children) child.kill('SIGTERM')
  await until('all have ended', () => children.size === 0, 10_000).catch(() => undefined)
  for (const child of children) child.kill('SIGKILL')
}

/** User and system time of a process in milliseconds; Linux counts in hundredths of a second. */
export function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

export function memoryMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
}

/** The sum of all series of one of the controller's own counters. */
export async function metric({ port }, name) {
  const text = await new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/metrics' }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk) => { body += chunk }).on('end', () => resolve(body))
    }).on('error', reject)
  })
  return text.split('\n').filter((line) => line.startsWith(`${name}{`)).reduce((total, line) => total + Number(line.split(' ').at(-1)), 0)
}

export async function until(what, test, ms = 300_000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(5)) if (await test()) return
  throw new Error(`waited in vain until ${what}`)
}
