import { describe, expect, it } from '@jest/globals';
import { evaluateExpression, fillTemplate, HeddleError, parseExpression, renderTemplate } from '@heddle/core';

/** A value that no expression may read: it is on the prototype of the inputs. */
const canary = 'canary-51c2d8';
const inherited: object = Object.create({ canary });
const scope = {
  value: { name: 'Ada', list: [1, 2], nested: { a: 1 }, inherited },
  hostile: JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown,
};

/** A value is harmless when it is JSON throughout. */
const isHarmless = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every(isHarmless)) ||
  (typeof value === 'object' &&
    value !== Object.prototype &&
    value !== Array.prototype &&
    value !== globalThis &&
    Object.values(value).every(isHarmless));

const reads = [
  'process',
  'globalThis',
  'require',
  'this',
  'self',
  'constructor',
  'value.constructor',
  'value.constructor.constructor',
  'value["constructor"]',
  'value["constructor"]["constructor"]',
  'value.list.constructor',
  'value.name.constructor',
  'value.__proto__',
  'value["__proto__"]',
  'value.list.__proto__.polluted',
  'value.nested.prototype',
  'value.toString',
  'value.valueOf',
  'value.hasOwnProperty',
  'value.__defineGetter__',
  'value.__lookupGetter__',
  'value.list.map',
  'value.list.length.constructor',
  'value.list["map"]',
  'value.name.length.toFixed',
  'value.name["replace"]',
  'value.inherited.canary',
  'value.inherited["canary"]',
  'hostile.__proto__.polluted',
  'hostile["constructor"]["prototype"]["polluted"]',
  'value.list[-1].constructor',
  'value.list["-1"]',
] as const;

const calls = [
  'process.exit(1)',
  'require("node:fs")',
  'import("node:fs")',
  'eval("1")',
  'Function("return this")()',
  'value.constructor.constructor("return process")()',
  'constructor.constructor("return process")()',
  'toString()',
  'hasOwnProperty("a")',
  '__proto__()',
  'value.list.map(process)',
  '(() => globalThis)()',
  'function () { return this }',
  'new Function("1")',
  'value.polluted = 1',
  'value.__proto__.polluted = 1',
  'delete value.name',
  '`${process}`',
  '[].constructor',
  '{}.constructor',
  '/x/.constructor',
  'value;process',
  'value, process',
  'value ?. constructor',
  'text(process)',
  'number("0x") + constructor',
  'matches(value.name, "(a+)+$".constructor)',
  'value["con" + "structor"]',
  'value[value.name]',
  'val\\u0075e.constructor',
] as const;

/** The value, or the code of the refusal; any other exception is a fault. */
function outcomeOf(work: () => unknown): { readonly value?: unknown; readonly code?: string } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof HeddleError) return { code: error.code };
    throw error;
  }
}

describe('an expression', () => {
  it('reads existing values, so that the refusals below are meaningful', () => {
    expect(evaluateExpression(parseExpression('value.nested.a'), scope)).toBe(1);
    expect(isHarmless({ f: () => 1 })).toBe(false);
    expect(isHarmless([Object.prototype])).toBe(false);
  });

  it.each([...reads, ...calls])('reaches nothing of the program: %s', (text) => {
    const { value, code } = outcomeOf(() => evaluateExpression(parseExpression(text), scope));
    expect(value ?? null).toBeNull();
    expect(code ?? 'expression_invalid').toBe('expression_invalid');
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    ['brackets', '('.repeat(50_000) + '1' + ')'.repeat(50_000)],
    ['signs', `${'!'.repeat(100_000)}true`],
    ['a list of terms', Array.from({ length: 100_000 }, () => '1').join('+')],
    ['a path', `value${'.a'.repeat(100_000)}`],
  ])('is bounded: %s', (_name, text) => {
    expect(outcomeOf(() => evaluateExpression(parseExpression(text), scope))).toEqual({ code: 'expression_invalid' });
  });

  it('is bounded: a pattern that backtracks for ever', () => {
    const started = performance.now();
    const slow = parseExpression('matches(value.text, "^(a+)+$")');
    outcomeOf(() => evaluateExpression(slow, { value: { text: `${'a'.repeat(5_000)}b` } }));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('a template', () => {
  it.each([...reads, ...calls])('reaches nothing of the program: {{ %s }}', (text) => {
    const rendered = outcomeOf(() => renderTemplate(`{{ ${text} }}`, scope));
    // Text that is not a placeholder stays unchanged; a placeholder without a value is refused.
    expect([`{{ ${text} }}`, undefined]).toContain(rendered.value);
    expect(rendered.code ?? 'template_invalid').toBe('template_invalid');
    const filled = outcomeOf(() => fillTemplate({ a: `{{ ${text} }}` }, scope));
    expect(isHarmless(filled.value)).toBe(true);
    expect(JSON.stringify(filled.value ?? null)).not.toContain(canary);
    expect(filled.code ?? 'template_invalid').toBe('template_invalid');
    expect('polluted' in {}).toBe(false);
  });

  it('fills no prototype through its keys', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":"{{ value.name }}"},"a":"{{ value.name }}"}') as unknown;
    const { value } = outcomeOf(() => fillTemplate(hostile, scope));
    expect('polluted' in {}).toBe(false);
    expect(isHarmless(value)).toBe(true);
    expect((value as { polluted?: unknown } | undefined)?.polluted).toBeUndefined();
  });
});
