import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HeddleError } from '../errors/heddle-error.js';
import { templateNames, templatePaths } from './parse-template.js';
import { fillTemplate, renderTemplate } from './render-template.js';

const codeOf = (run: () => unknown): { code: string; message: string; details: unknown } => {
  try {
    run();
  } catch (error) {
    if (error instanceof HeddleError) return { code: error.code, message: error.message, details: error.details };
    throw error;
  }
  throw new Error('Nothing was thrown');
};

describe('renderTemplate', () => {
  it('inserts values by path, with or without spaces', () => {
    const values = { order: { items: [{ name: 'yarn' }, { name: 'loom' }], 'two words': 2 }, ok: true };
    expect(
      renderTemplate(
        '{{order.items[0].name}} and {{ order.items[-1].name }}, {{ order["two words"] }}, {{ ok }}',
        values,
      ),
    ).toBe('yarn and loom, 2, true');
  });

  it('never interprets an inserted value as a template', () => {
    expect(renderTemplate('{{ a }}{{ b }}', { a: '{{ b }}', b: '{{ a }}' })).toBe('{{ b }}{{ a }}');
    expect(renderTemplate('{{ a }} b }}', { a: '{{' })).toBe('{{ b }}');
  });

  it('names the missing value and the values that exist', () => {
    expect(codeOf(() => renderTemplate('x {{ order.total }}', { order: {}, note: '' }))).toEqual({
      code: 'template_invalid',
      message:
        "The template uses 'order.total', which has no value. Values exist for order, note; write {{ order.total? }} if it may be missing.",
      details: { path: 'order.total', position: 2 },
    });
  });

  it('leaves an optional value that is missing empty', () => {
    expect(renderTemplate('a{{ note? }}b', {})).toBe('ab');
  });

  it('reports the position of unclosed braces, and text that is not a path', () => {
    expect(codeOf(() => renderTemplate('one\ntwo {{ x', {}))).toMatchObject({
      code: 'template_invalid',
      details: { line: 2, column: 5 },
    });
    expect(codeOf(() => renderTemplate('{{ 1 + 1 }}', {})).message).toContain("'1 + 1', which is not a path");
    expect(codeOf(() => renderTemplate('{{ }}', {})).message).toContain('is empty');
  });

  it('writes \\{{ as two braces', () => {
    expect(renderTemplate('\\{{ a }} {{ a }}', { a: 1 })).toBe('{{ a }} 1');
  });

  it('reaches no prototype', () => {
    for (const path of [
      '__proto__',
      'a.__proto__',
      'a.constructor',
      'a.constructor.name',
      'a["__proto__"]',
      'a.toString',
      'a.length',
      'hasOwnProperty',
    ]) {
      expect(codeOf(() => renderTemplate(`{{ ${path} }}`, { a: {} })).code).toBe('template_invalid');
    }
  });

  it('numbers passages, names roles of messages, and writes anything else as JSON', () => {
    const values = {
      passages: [
        { id: 'p1', document: 'leave.md', title: 'Leave', text: 'Everyone has 27 days.' },
        { id: 'p2', document: 'pay.md', text: 'Paid on the 25th.' },
      ],
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
      ],
      lines: ['a', 'b'],
      data: { a: [1, null] },
      vector: new Float32Array([0.5, 1]),
    };
    expect(renderTemplate('{{ passages }}', values)).toBe('[1] Leave\nEveryone has 27 days.\n\n[2] Paid on the 25th.');
    expect(renderTemplate('{{ messages }}', values)).toBe('user: Hello\n\nassistant: Hi');
    expect(renderTemplate('{{ lines }}|{{ data }}|{{ vector }}', values)).toBe('a\nb|{"a":[1,null]}|[0.5,1]');
  });

  it('refuses a value that contains itself, and a template or result that is too long', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(codeOf(() => renderTemplate('{{ loop }}', { loop })).code).toBe('template_invalid');
    expect(codeOf(() => renderTemplate('{{ big }}'.repeat(200), { big: 'x'.repeat(100_000) })).message).toContain(
      'longer than',
    );
    expect(codeOf(() => renderTemplate('x'.repeat(100_001), {})).message).toContain('100001 characters');
  });

  it('throws only template_invalid for any template and any value', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom('{{', '}}', '\\', 'a', '.', '[', ']', '0', '"', '?', ' ', '__proto__', '-'),
            fc.string({ maxLength: 3 }),
          ),
        ),
        fc.anything(),
        (pieces, value) => {
          try {
            renderTemplate(pieces.join(''), { a: value });
          } catch (error) {
            expect(error).toBeInstanceOf(HeddleError);
            expect(error).toMatchObject({ code: 'template_invalid' });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes time linear in the template', () => {
    const started = performance.now();
    expect(codeOf(() => renderTemplate('{{'.repeat(50_000), {})).code).toBe('template_invalid');
    renderTemplate('\\{{'.repeat(33_000), {});
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('templatePaths', () => {
  it('lists each path and each first name once, and whether it may be missing', () => {
    expect(
      templatePaths('{{ a.b }} {{ a.b }} {{ c? }} {{ c }}').map(({ text, isOptional }) => [text, isOptional]),
    ).toEqual([
      ['a.b', false],
      ['c', false],
    ]);
    expect([...templateNames('{{ a.b? }} {{ a.c }} {{ d? }}')]).toEqual([
      ['a', { isOptional: false }],
      ['d', { isOptional: true }],
    ]);
  });
});

describe('fillTemplate', () => {
  it('keeps the type of a value if the text is only its placeholder, and leaves out optional missing keys', () => {
    expect(
      fillTemplate(
        { total: '{{ sum }}', list: ['{{ list }}', 'n: {{ sum }}'], none: '{{ gone? }}', fixed: 4 },
        { sum: 3, list: [1] },
      ),
    ).toEqual({
      total: 3,
      list: [[1], 'n: 3'],
      fixed: 4,
    });
  });

  it('refuses a template that is nested 10,000 levels deep', () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 10_000; depth += 1) deep = [deep];
    expect(codeOf(() => fillTemplate(deep, {})).code).toBe('template_invalid');
  });
});
