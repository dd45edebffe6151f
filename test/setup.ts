// nock 15 calls Promise.withResolvers, which Node 20 lacks.
if (!('withResolvers' in Promise)) {
  Object.defineProperty(Promise, 'withResolvers', {
    value: function withResolvers() {
      let resolve: unknown
      let reject: unknown
      const promise = new Promise((yes, no) => { resolve = yes; reject = no })
      return { promise, resolve, reject }
    },
  })
}
