// The limit: a bare undici GET + JSON.parse loop over the same objects on the same server, as many in parallel as the controller has workers.
import { Pool } from 'undici'

const [origin, objects, parallel, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4]), Number(process.argv[5])]
const pool = new Pool(origin, { connections: 256, pipelining: 1 })
let done = 0
let at = 0
const end = performance.now() + seconds * 1000
const before = process.cpuUsage()
await Promise.all(Array.from({ length: parallel }, async () => {
  while (performance.now() < end) {
    at = (at + 1) % objects
    const { body } = await pool.request({ path: `/things/t${at + 1}`, method: 'GET', headers: { accept: 'application/json' } })
    JSON.parse(await body.text())
    done += 1
  }
}))
const { user, system } = process.cpuUsage(before)
process.stdout.write(JSON.stringify({ perSecond: done / seconds, cpuMicros: (user + system) / done }))
await pool.close()
