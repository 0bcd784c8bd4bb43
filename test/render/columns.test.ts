import { styleText } from 'node:util'
import { expect, test } from 'vitest'
import { renderColumns } from '#agent/render/columns.ts'

const red = styleText('red', 'missing', { validateStream: false })

test('what is ASCII alone stands as it does beside what is not', () => {
  const rows = [
    ['open-iscsi', red, 'a message', ''],
    ['x', 'ready', '', 'y'],
    [' z ', '', 'b', '  '],
  ]
  const odd = ['', '', '', 'é']
  const lines = (text: string) => text.split('\n').slice(0, 4)
  const plain = renderColumns(['CHECK', 'STATE', 'MESSAGE', 'E'], rows)
  expect(lines(plain)).toEqual(lines(renderColumns(['CHECK', 'STATE', 'MESSAGE', 'E'], [...rows, odd])))
  expect(plain).toBe(
    `CHECK       STATE    MESSAGE    E\nopen-iscsi  ${red}  a message\nx           ready               y\n z                   b\n`,
  )
})
