// What bench_records does, with peers: one JSON line each; medians in ms, sizes in bytes.
// Run where their packages are installed: node --input-type=module - <records.mjs
import * as Y from 'yjs'
import * as Automerge from '@automerge/automerge'
import { LoroDoc, LoroMap, LoroList } from 'loro-crdt'

const RECORDS = 1000, EDITS = 2000
const COLOURS = ['red', 'green', 'blue', 'early', 'late']
const two = n => String(n).padStart(2, '0')
const record = i => ({
  title: `Record ${i} of a long list`, done: i % 3 === 0, stars: i % 10, due: `2026-${two(1 + i % 12)}-${two(1 + i % 28)}`,
  tags: { [COLOURS[i % 3]]: true, [COLOURS[3 + i % 2]]: true }, said: [{ text: 'noted' }]
})
const edits = number => [...Array(EDITS).keys()].map(n => ({ n, i: (n * 379 + number * 13) % RECORDS, number }))

const median = a => [...a].sort((x, y) => x - y)[a.length >> 1]
const rows = { build_ms: [], load_ms: [], edits_ms: [], merge_ms: [] }
const timed = (what, work) => { const t = performance.now(); const result = work(); rows[what].push(performance.now() - t); return result }
const report = (peer, sizes) => {
  const row = { peer, ...sizes }
  for (const [name, ms] of Object.entries(rows)) { row[name] = median(ms); ms.length = 0 }
  console.log(JSON.stringify(row))
}
const check = (peer, a, b) => { if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${peer}: the two differ`) }

const yjs = runs => {
  const map = o => { const m = new Y.Map(); for (const [k, v] of Object.entries(o)) m.set(k, v); return m }
  const sizes = {}
  for (let run = 0; run < runs; run++) {
    const base = timed('build_ms', () => {
      const doc = new Y.Doc(), all = doc.getMap('records')
      doc.transact(() => {
        for (let i = 0; i < RECORDS; i++) {
          const { tags, said, ...rest } = record(i), m = map(rest)
          m.set('tags', map(tags))
          m.set('said', Y.Array.from(said.map(map)))
          all.set(String(i), m)
        }
      })
      return Y.encodeStateAsUpdateV2(doc)
    })
    sizes.base_bytes = base.length
    timed('load_ms', () => { const d = new Y.Doc(); Y.applyUpdateV2(d, base); return JSON.stringify(d.getMap('records').toJSON()) })
    const docs = [1, 2].map(id => { const d = new Y.Doc(); d.clientID = id; Y.applyUpdateV2(d, base); return d })
    const write = number => {
      const all = docs[number].getMap('records')
      for (const { n, i } of edits(number)) {
        const r = all.get(String(i))
        if (n % 5 === 0) r.set('title', `Edited ${n} by ${number}`)
        else if (n % 5 === 1) r.set('stars', n % 10)
        else if (n % 5 === 2) r.get('tags').set(`t${n % 7}`, true)
        else if (n % 5 === 3) r.get('tags').delete(COLOURS[i % 3])
        else r.get('said').push([map({ text: `said ${n}` })])
      }
    }
    timed('edits_ms', () => write(0))
    write(1)
    const sent = Y.encodeStateAsUpdateV2(docs[1], Y.encodeStateVector(docs[0]))
    sizes.sent_bytes = sent.length
    const back = Y.encodeStateAsUpdateV2(docs[0], Y.encodeStateVector(docs[1]))
    timed('merge_ms', () => Y.applyUpdateV2(docs[0], sent))
    Y.applyUpdateV2(docs[1], back)
    sizes.final_bytes = Y.encodeStateAsUpdateV2(docs[0]).length
  }
  report('yjs', sizes)
}

const loro = runs => {
  const sizes = {}
  for (let run = 0; run < runs; run++) {
    const base = timed('build_ms', () => {
      const doc = new LoroDoc(), all = doc.getMap('records')
      for (let i = 0; i < RECORDS; i++) {
        const { tags, said, ...rest } = record(i), m = all.setContainer(String(i), new LoroMap())
        for (const [k, v] of Object.entries(rest)) m.set(k, v)
        const t = m.setContainer('tags', new LoroMap()), s = m.setContainer('said', new LoroList())
        for (const k of Object.keys(tags)) t.set(k, true)
        for (const one of said) s.push(one)
      }
      doc.commit()
      return doc.export({ mode: 'snapshot' })
    })
    sizes.base_bytes = base.length
    timed('load_ms', () => { const d = new LoroDoc(); d.import(base); return JSON.stringify(d.toJSON()) })
    const docs = [1n, 2n].map(id => { const d = new LoroDoc(); d.setPeerId(id); d.import(base); return d })
    const write = number => {
      const all = docs[number].getMap('records')
      for (const { n, i } of edits(number)) {
        const r = all.get(String(i))
        if (n % 5 === 0) r.set('title', `Edited ${n} by ${number}`)
        else if (n % 5 === 1) r.set('stars', n % 10)
        else if (n % 5 === 2) r.get('tags').set(`t${n % 7}`, true)
        else if (n % 5 === 3) r.get('tags').delete(COLOURS[i % 3])
        else r.get('said').push({ text: `said ${n}` })
      }
      docs[number].commit()
    }
    timed('edits_ms', () => write(0))
    write(1)
    const sent = docs[1].export({ mode: 'update', from: docs[0].oplogVersion() })
    sizes.sent_bytes = sent.length
    const back = docs[0].export({ mode: 'update', from: docs[1].oplogVersion() })
    timed('merge_ms', () => docs[0].import(sent))
    docs[1].import(back)
    sizes.final_bytes = docs[0].export({ mode: 'snapshot' }).length
  }
  report('loro', sizes)
}

const automerge = runs => {
  const sizes = {}
  for (let run = 0; run < runs; run++) {
    const base = timed('build_ms', () => {
      const records = {}
      for (let i = 0; i < RECORDS; i++) records[String(i)] = record(i)
      return Automerge.save(Automerge.from({ records }))
    })
    sizes.base_bytes = base.length
    timed('load_ms', () => JSON.stringify(Automerge.load(base)))
    let docs = [0, 1].map(() => Automerge.load(base))
    const write = number => {
      for (const { n, i } of edits(number)) {
        docs[number] = Automerge.change(docs[number], d => {
          const r = d.records[String(i)]
          if (n % 5 === 0) r.title = `Edited ${n} by ${number}`
          else if (n % 5 === 1) r.stars = n % 10
          else if (n % 5 === 2) r.tags[`t${n % 7}`] = true
          else if (n % 5 === 3) delete r.tags[COLOURS[i % 3]]
          else r.said.push({ text: `said ${n}` })
        })
      }
    }
    timed('edits_ms', () => write(0))
    write(1)
    const sent = Automerge.getChanges(docs[0], docs[1])
    sizes.sent_bytes = sent.reduce((sum, change) => sum + change.length, 0)
    const [merged] = timed('merge_ms', () => Automerge.applyChanges(docs[0], sent))
    const other = Automerge.merge(docs[1], merged)
    check('automerge', Object.keys(merged.records).length, Object.keys(other.records).length)
    sizes.final_bytes = Automerge.save(merged).length
  }
  report('automerge', sizes)
}

yjs(9)
loro(9)
automerge(3)
