import { spawn } from 'node:child_process'
import { isAbsolute, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { isArray, isObject, readJson, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { ConnectionConfig } from './config.js'
import { cachedCredentials, messageOf, type CredentialSource, type Fetched } from './credentials.js'

/** The `exec` of a kubeconfig's user. */
export interface ExecPlugin {
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly installHint: string
  readonly wantsCluster: boolean
  readonly clusterConfig: JsonValue
}

export function readExec(value: JsonValue | undefined, folder: string): ExecPlugin | undefined {
  if (!isObject(value) || textOf(value.command) === '') return undefined
  const command = textOf(value.command)
  const isRelative = command.includes('/') && !isAbsolute(command)
  return {
    apiVersion: textOf(value.apiVersion) || 'client.authentication.k8s.io/v1',
    command: isRelative ? join(folder, command) : command,
    args: isArray(value.args) ? value.args.map(textOf) : [],
    env: Object.fromEntries((isArray(value.env) ? value.env : []).filter(isObject).map((item) => [textOf(item.name), textOf(item.value)])),
    installHint: textOf(value.installHint),
    wantsCluster: value.provideClusterInfo === true,
    clusterConfig: value.config ?? null,
  }
}

/** Runs the plugin when there are no credentials, when they end, and after a 401; one run at a time. */
export function execCredentials(plugin: ExecPlugin, cluster: ConnectionConfig): CredentialSource {
  return cachedCredentials(async () => {
    const run = await runPlugin(plugin, cluster)
    return run.ok ? readCredential(run.text, plugin.command) : { ok: false, problem: run.problem }
  }, performance)
}

type Run = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string }

const TIMEOUT_MS = 60_000
const MAX_OUTPUT = 1024 * 1024

function runPlugin(plugin: ExecPlugin, cluster: ConnectionConfig): Promise<Run> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: writeJson(execInfo(plugin, cluster)) }
    const child = spawn(plugin.command, plugin.args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS })
    let output = ''
    let complaint = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => { if (output.length < MAX_OUTPUT) output += text })
    child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint = (complaint + text).slice(-1000) })
    child.on('error', (cause) => resolve({ ok: false, problem: `cannot run \`${plugin.command}\`: ${messageOf(cause)}${hint(plugin)}` }))
    child.on('close', (code, signal) => {
      if (code === 0) return resolve({ ok: true, text: output })
      const end = signal === null ? `ended with ${code}` : `was ended by ${signal}`
      return resolve({ ok: false, problem: `\`${plugin.command}\` ${end}: ${complaint.trim()}${hint(plugin)}` })
    })
  })
}

function hint(plugin: ExecPlugin): string {
  return plugin.installHint === '' ? '' : ` ${plugin.installHint.trim()}`
}

function execInfo(plugin: ExecPlugin, cluster: ConnectionConfig): JsonObject {
  const about: JsonObject = {
    server: cluster.server,
    ...(cluster.ca !== undefined && { 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') }),
    ...(cluster.tlsServerName !== undefined && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecure === true && { 'insecure-skip-tls-verify': true }),
    ...(cluster.proxy !== undefined && { 'proxy-url': cluster.proxy }),
    config: plugin.clusterConfig,
  }
  return { apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...(plugin.wantsCluster && { cluster: about }) } }
}

/** The plugin's answer. Its expiry is wall time; credentials are renewed a little before. */
export function readCredential(text: string, command: string, wallNow: number = Date.now(), now: number = performance.now()): Fetched {
  const read = readJson(text)
  const status = read.ok && isObject(read.value) ? read.value.status : undefined
  if (!isObject(status)) return { ok: false, problem: `\`${command}\` printed no ExecCredential with a status` }
  const token = textOf(status.token)
  const cert = textOf(status.clientCertificateData)
  const key = textOf(status.clientKeyData)
  if (token === '' && (cert === '' || key === '')) return { ok: false, problem: `\`${command}\` gave neither a token nor a certificate with its key` }
  const ends = Date.parse(textOf(status.expirationTimestamp))
  return {
    ok: true,
    value: { ...(token !== '' && { authorization: `Bearer ${token}` }), ...(cert !== '' && key !== '' && { clientCert: { cert, key } }) },
    ...(!Number.isNaN(ends) && { freshUntil: now + Math.max(0, ends - wallNow - RENEW_BEFORE_MS) }),
  }
}

const RENEW_BEFORE_MS = 10_000

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
