import { expect, it } from '@jest/globals';
import { excerptOf } from './run-excerpt.js';

const label = (level = 'internal') => ({ level, marks: [] });
const file = { id: 'sha256:a', name: 'letter.pdf', mediaType: 'application/pdf', size: 9 };

it.each([
  [{ question: { value: 'How long?', label: label() } }, 'text', 'How long?'],
  [
    { data: { value: { a: 1 }, label: label() }, text: { value: 'Words first', label: label() } },
    'text',
    'Words first',
  ],
  [
    {
      chat: {
        value: [
          { role: 'user', content: 'Hello' },
          { role: 'user', content: 'And now?' },
        ],
        label: label(),
      },
    },
    'text',
    'And now?',
  ],
  [{ letter: { value: file, label: label() } }, 'file', 'letter.pdf'],
  [{ letters: { value: [file, file], label: label() } }, 'file', 'letter.pdf, letter.pdf'],
  [{ data: { value: { a: [1, 2] }, label: label() } }, 'data', '{"a":[1,2]}'],
  [{ data: { value: 0, label: label() } }, 'data', '0'],
  [{ text: { value: '', label: label() } }, 'empty', ''],
  [{ list: { value: [], label: label() } }, 'empty', ''],
  [{ text: { value: 'secret', label: label('restricted') } }, 'restricted', ''],
  [{ text: { label: label() } }, 'large', ''],
  [{ text: { value: 'a\u0000\u202eb\nc', label: label() } }, 'text', 'a b c'],
  [{ text: null }, 'empty', ''],
  [{}, 'none', ''],
])('shows %j as %s', (ports, kind, text) => {
  expect(excerptOf(ports)).toEqual({ kind, text });
});

it('cuts a long text, never inside a character', () => {
  const { text } = excerptOf({ a: { value: '👩‍💻 '.repeat(500), label: label() } });
  expect(Array.from(text).length).toBeLessThanOrEqual(141);
  expect(text).not.toMatch(/[\ud800-\udbff]…$/);
  expect(excerptOf({ a: { value: 'x'.repeat(10_000), label: label() } }).text).toBe(`${'x'.repeat(140)}…`);
});
