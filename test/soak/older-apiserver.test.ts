// The suites of the real lane on a server three minors older: what a cluster that lags behind still runs. Not the walk of the documentation,
// which shows the words of the newest (1.33 puts "object": before the message of a rule).
process.env['OASGEN_KUBERNETES'] = 'older'
await import('../real/real-apiserver.test.js')
await import('../real/kube-client.test.js')
await import('../real/kube-rbac.test.js')
await import('../real/kube-faults.test.js')
await import('../real/generated-kinds.test.js')
await import('../real/thread.test.js')
