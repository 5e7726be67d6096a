import { describe, expect, it } from '@jest/globals';
import { defaultLimits } from '../limits.js';
import { parseBytes } from '../parse-bytes.js';

const textOf = async (content: string, name: string): Promise<string> =>
  (await parseBytes({ content: Buffer.from(content), name }, defaultLimits)).text;

describe('reStructuredText', () => {
  it('becomes Markdown: sections by their underlines, code, tables, notes; targets and comments are dropped', async () => {
    const rst = `=====
Title
=====

.. _target:
.. A comment.

Part one
--------

See :ref:\`the other part <other>\` and \`the site <https://x.example>\`_ with \`\`code\`\`::

    print(1)

.. note:: Mind the *gap*.

   Also this.

.. code-block:: python

   def f():
       return 1

===== =====
Name  Price
===== =====
Lamp  12
Rope  4
===== =====

+------+-------+
| Name | Price |
+======+=======+
| Cable| 3     |
+------+-------+

- one
- two

:Author: Ada
`;
    expect(await textOf(rst, 'a.rst')).toBe(`# Title

## Part one

See the other part and the site with \`code\`:

\`\`\`
print(1)
\`\`\`

Mind the *gap*.

Also this.

\`\`\`python
def f():
    return 1
\`\`\`

| Name | Price |
| --- | --- |
| Lamp | 12 |
| Rope | 4 |

| Name | Price |
| --- | --- |
| Cable | 3 |

- one
- two

Author: Ada`);
  });
});

describe('Org', () => {
  it('becomes Markdown: headlines, code, tables, lists; drawers and settings are dropped', async () => {
    const org = `#+TITLE: Plan
#+STARTUP: overview
* TODO First :tag:
:PROPERTIES:
:ID: 1
:END:
See [[https://x.example][the site]] and =code=.
** Second
- [ ] one
  more of one
- two
#+BEGIN_SRC python
x = 1
#+END_SRC
| Name | Price |
|------+-------|
| Lamp | 12    |
# a comment
`;
    expect(await textOf(org, 'a.org')).toBe(
      '# First\n\nSee the site and `code`.\n\n## Second\n\n- one more of one\n- two\n\n```python\nx = 1\n```\n\n| Name | Price |\n| --- | --- |\n| Lamp | 12 |',
    );
  });
});

describe('a notebook', () => {
  it('contains its text, its code and the output of the code', async () => {
    const notebook = {
      nbformat: 4,
      metadata: { language_info: { name: 'python' } },
      cells: [
        { cell_type: 'markdown', source: ['# Title\n', 'Text.'] },
        {
          cell_type: 'code',
          source: 'print(1)',
          outputs: [
            { output_type: 'stream', text: ['1\n'] },
            { data: { 'image/png': 'xxxx' } },
            { ename: 'E', evalue: 'bad' },
          ],
        },
      ],
    };
    expect(await textOf(JSON.stringify(notebook), 'a.ipynb')).toBe(
      '# Title\nText.\n\n```python\nprint(1)\n```\n\n```\n1\n```\n\n```\nE: bad\n```',
    );
  });

  it('is refused when it is damaged', async () => {
    await expect(textOf('{"cells": [', 'a.ipynb')).rejects.toMatchObject({ code: 'document_damaged' });
  });
});

describe('a table with tabs', () => {
  it('keeps commas and quotes in its cells', async () => {
    expect(await textOf('name\tnote\nLamp\t12, or 13; or 14\nRope\t5" wide\n', 'a.tsv')).toBe(
      'name: Lamp\nnote: 12, or 13; or 14\n\nname: Rope\nnote: 5" wide',
    );
  });
});

describe('tables of a page', () => {
  it('repeat the text of merged cells in each cell, and keep nested cells apart', async () => {
    const html =
      '<table><caption>Stock</caption><tr><th>Article</th><th colspan="2">Price</th></tr><tr><td rowspan="2">Lamp</td><td>12</td><td>a|b</td></tr><tr><td>13</td><td><table><tr><td>x</td><td>y</td></tr><tr><td>z</td></tr></table></td></tr></table>';

    expect((await textOf(`<html><body>${html}</body></html>`, 'a.html')).trim()).toBe(
      'Stock\n\n| Article | Price | Price |\n| --- | --- | --- |\n| Lamp | 12 | a\\|b |\n| Lamp | 13 | x, y; z |',
    );
  });

  it.each([
    [
      'that say so',
      '<table role="presentation"><tr><td>Left</td><td>Right</td></tr><tr><td>Low</td><td>Far</td></tr></table>',
      'Left\n\nRight\n\nLow\n\nFar',
    ],
    [
      'of one row',
      '<table><tr><td><p>Menu</p></td><td><h1>Story</h1><p>Text.</p></td></tr></table>',
      'Menu\n\n# Story\n\nText.',
    ],
    [
      'that hold tables',
      '<table><tr><td>Menu</td><td><table><tr><th>A</th></tr><tr><td>1</td></tr><tr><td>2</td></tr></table></td></tr><tr><td>x</td><td>y</td></tr></table>',
      'Menu\n\n| A |\n| --- |\n| 1 |\n| 2 |\n\nx\n\ny',
    ],
  ])('become plain text when they only arrange the page: tables %s', async (_, html, text) => {
    expect((await textOf(`<html><body>${html}</body></html>`, 'a.html')).replace(/\n{2,}/g, '\n\n').trim()).toBe(text);
  });
});
