import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { exposeMetrics } from '#agent/render/exposition.ts'

function hens(): Registry {
  const registry = new Registry()
  const registers = [registry]
  const eggs = new Counter({
    name: 'eggs_total',
    help: 'Eggs.\nAll "of them" \\ now.',
    labelNames: ['by'],
    registers,
  })
  eggs.inc({ by: 'a "hen"\n\\' }, 3)
  const nest = new Gauge({ name: 'nest_info', help: 'The nest, always 1.', labelNames: ['floor'], registers })
  nest.set({ floor: 2 }, 1)
  const gauge = (name: string) => new Gauge({ name, help: 'h', registers })
  gauge('cold_bytes').set(Number.NaN)
  gauge('hot_bytes').set(Infinity)
  gauge('deep_bytes').set(-Infinity)
  gauge('tiny_bytes').set(1.5e-7)
  const hatching = new Histogram({ name: 'egg_seconds', help: 'h', buckets: [0.5, 1], registers })
  hatching.observe(0.7)
  const none = new Gauge({ name: 'none', help: 'No hen is here.', labelNames: ['by'], registers: [] })
  registry.registerMetric(none)
  return registry
}

test('Prometheus text', async () => {
  expect(await exposeMetrics(hens(), 'text')).toBe(String.raw`# HELP eggs_total Eggs.\nAll "of them" \\ now.
# TYPE eggs_total counter
eggs_total{by="a \"hen\"\n\\"} 3
# HELP nest_info The nest, always 1.
# TYPE nest_info gauge
nest_info{floor="2"} 1
# HELP cold_bytes h
# TYPE cold_bytes gauge
cold_bytes NaN
# HELP hot_bytes h
# TYPE hot_bytes gauge
hot_bytes +Inf
# HELP deep_bytes h
# TYPE deep_bytes gauge
deep_bytes -Inf
# HELP tiny_bytes h
# TYPE tiny_bytes gauge
tiny_bytes 1.5e-7
# HELP egg_seconds h
# TYPE egg_seconds histogram
egg_seconds_bucket{le="0.5"} 0
egg_seconds_bucket{le="1"} 1
egg_seconds_bucket{le="+Inf"} 1
egg_seconds_sum 0.7
egg_seconds_count 1
# HELP none No hen is here.
# TYPE none gauge
`)
})

test('OpenMetrics: families without the ending of their samples, units, info, and bounds with a point', async () => {
  expect(await exposeMetrics(hens(), 'openMetrics')).toBe(String.raw`# TYPE eggs counter
# HELP eggs Eggs.\nAll \"of them\" \\ now.
eggs_total{by="a \"hen\"\n\\"} 3
# TYPE nest info
# HELP nest The nest, always 1.
nest_info{floor="2"} 1
# TYPE cold_bytes gauge
# UNIT cold_bytes bytes
# HELP cold_bytes h
cold_bytes NaN
# TYPE hot_bytes gauge
# UNIT hot_bytes bytes
# HELP hot_bytes h
hot_bytes +Inf
# TYPE deep_bytes gauge
# UNIT deep_bytes bytes
# HELP deep_bytes h
deep_bytes -Inf
# TYPE tiny_bytes gauge
# UNIT tiny_bytes bytes
# HELP tiny_bytes h
tiny_bytes 1.5e-7
# TYPE egg_seconds histogram
# UNIT egg_seconds seconds
# HELP egg_seconds h
egg_seconds_bucket{le="0.5"} 0
egg_seconds_bucket{le="1.0"} 1
egg_seconds_bucket{le="+Inf"} 1
egg_seconds_sum 0.7
egg_seconds_count 1
# TYPE none gauge
# HELP none No hen is here.
`)
})
