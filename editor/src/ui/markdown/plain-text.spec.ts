import { expect, it } from '@jest/globals';
import { plainText } from './plain-text.js';

it.each([
  ['# Yarn\n\n**Wool *is*** [warm](https://example.org)', 'Yarn\n\nWool is warm'],
  ['- **one**\n- `two`\n> three', '• one\n• two\nthree'],
  ['```js\nconst a = 1;\n```\n**so**', 'const a = 1;\nso'],
  ['| Yarn | Price |\n| --- | --: |\n| Wool | 48 |', '| Yarn | Price |\n| Wool | 48 |'],
  ['2 * 3 * 4 and a_b_c', '2 * 3 * 4 and a_b_c'],
])('%j becomes the plain text %j', (text, plain) => expect(plainText(text)).toBe(plain));
