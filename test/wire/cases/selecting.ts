import { json, namespace, step, type WireSuite } from '../wire-case.js'

const cm = '/api/v1/namespaces/$NS/configmaps'
const make = (name: string, labels: object): ReturnType<typeof step> => step(`make ${name}`, 'POST', cm, json({ metadata: { name, labels } }))
const select = (selector: string): ReturnType<typeof step> => step(selector, 'GET', `${cm}?labelSelector=${encodeURIComponent(selector)}`)
const fields = (selector: string): ReturnType<typeof step> => step(selector, 'GET', `${cm}?fieldSelector=${encodeURIComponent(selector)}`)

export const selecting: WireSuite = {
  name: 'selecting',
  reason: 'The language of label and field selectors, and what is wrong with the others.',
  steps: [
    namespace,
    make('a', { tier: 'web', size: '1', 'example.com/x': 'y' }), make('b', { tier: 'db', size: '20' }), make('c', { empty: '' }), make('d', {}),
    ...['tier=web', 'tier==web', 'tier = web', 'tier!=web', 'tier in (web,db)', 'tier in ( web , db )', 'tier notin (web)', 'tier', '!tier', 'empty=', 'empty', 'empty!=',
      'size>5', 'size<5', 'size>x', 'tier,size=20', 'tier in (web),size=1', 'example.com/x=y', 'example.com/x', 'nothing=here', 'tier in ()', 'tier in (web,)',
      '', ',', 'tier=web,', '=web', '!', 'tier!', 'tier=web=x', 'tier==', 'tier in web', 'tier in (web', 'tier foo', '-tier', 'a b', 'tier=-x', 'tier=web db',
      'x/y/z=1', 'tier in (web),!size', `${'a'.repeat(64)}=x`].map(select),
    ...['metadata.name=a', 'metadata.name==a', 'metadata.name!=a', 'metadata.name!=a,metadata.name!=b', 'metadata.namespace=$NS', 'metadata.namespace!=$NS', 'metadata.name=', '',
      'metadata.name', 'foo=bar', '=a', 'metadata.uid=x', 'metadata.name=a,foo=bar'].map(fields),
  ],
}
