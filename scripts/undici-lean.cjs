// What the controller uses of undici, and no more: its index loads fetch, web sockets, caches and mocks as well, and with them Node's own
// copy of undici, which is most of the time that a start takes. A test of the bundle holds that every name that is imported is here.
'use strict'
const Dispatcher = require('undici/lib/dispatcher/dispatcher')
const Pool = require('undici/lib/dispatcher/pool')
const Agent = require('undici/lib/dispatcher/agent')
const ProxyAgent = require('undici/lib/dispatcher/proxy-agent')
const Socks5ProxyAgent = require('undici/lib/dispatcher/socks5-proxy-agent')
const buildConnector = require('undici/lib/core/connect')
const api = require('undici/lib/api')
const util = require('undici/lib/core/util')

Object.assign(Dispatcher.prototype, api)

/** As undici's own, for who names the dispatcher. */
function request(address, { dispatcher, ...options }) {
  const url = util.parseURL(address)
  return api.request.call(dispatcher, { ...options, origin: url.origin, path: url.search ? `${url.pathname}${url.search}` : url.pathname, method: options.method ?? 'GET' })
}

module.exports.Dispatcher = Dispatcher
module.exports.Pool = Pool
module.exports.Agent = Agent
module.exports.ProxyAgent = ProxyAgent
module.exports.Socks5ProxyAgent = Socks5ProxyAgent
module.exports.buildConnector = buildConnector
module.exports.request = request
