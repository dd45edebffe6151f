// The suites of the real lane on a server three minors older: what a cluster that lags behind still runs.
process.env['OASGEN_KUBERNETES'] = 'older'
await import('../real/real-apiserver.test.js')
await import('../real/kube-client.test.js')
await import('../real/kube-rbac.test.js')
await import('../real/kube-faults.test.js')
await import('../real/generated-kinds.test.js')
await import('../real/kubectl-walk.test.js')
await import('../real/thread.test.js')
