// The same soak for half an hour: `npm run soak`.
process.env['SOAK_SECONDS'] ??= '1800'
await import('../long/kube-soak.test.js')
