import { afterAll, describe, expect, it } from '@jest/globals';
import { ChildSandbox } from './child-sandbox.js';

const sandbox = new ChildSandbox();
afterAll(() => sandbox.close());
const run = (code: string, input: unknown = null, options: Parameters<typeof sandbox.run>[2] = {}) =>
  sandbox.run(code, input, options);
const failure = (code: string, input: unknown = null, options: Parameters<typeof sandbox.run>[2] = {}) =>
  run(code, input, options).then(
    (value) => ({ value }),
    (error: unknown) => error,
  );

describe('ChildSandbox', () => {
  it('passes JSON in and JSON out', async () => {
    expect(
      await run('return { sum: input.list.reduce((a, b) => a + b, 0), text: input.text + "é👍" };', {
        list: [1, 2, 3],
        text: 'x',
      }),
    ).toEqual({ sum: 6, text: 'xé👍' });
    expect(await run('')).toBeUndefined();
    expect(await run('return undefined')).toBeUndefined();
    expect(await run('return [1, null, { a: undefined, f() {} }, NaN] // done')).toEqual([1, null, {}, null]);
    expect(await run('return input', 'line  ends')).toBe('line  ends');
  });

  it('awaits a promise that the code returns', async () => {
    expect(await run('return (async () => { await null; return 3; })()')).toBe(3);
    expect(await failure('return new Promise(() => {})')).toMatchObject({
      code: 'code_error',
      message: expect.stringContaining('never settles'),
    });
    expect(await failure('return Promise.reject(new TypeError("no"))')).toMatchObject({
      code: 'code_error',
      message: expect.stringContaining('TypeError: no'),
    });
  });

  it('names the line of an error', async () => {
    expect(await failure('const a = 1;\nreturn a.b.c;')).toMatchObject({
      code: 'code_error',
      details: { line: 2, name: 'TypeError' },
      message: expect.stringMatching(/^Line 2: TypeError: /),
    });
    expect(await failure('const a = 1;\n\nreturn a +* 2;')).toMatchObject({
      code: 'code_error',
      details: { line: 3, name: 'SyntaxError' },
    });
    expect(await failure('throw "just text"')).toMatchObject({ code: 'code_error', message: 'just text.' });
    expect(await failure('throw { get message() { throw 1; } }')).toMatchObject({ code: 'code_error' });
    expect(await failure('return { toJSON() { throw new Error("in toJSON"); } }')).toMatchObject({
      code: 'code_error',
      message: expect.stringContaining('in toJSON'),
    });
    expect(await failure('return 10n')).toMatchObject({ code: 'code_error' });
  });

  it.each([
    'process',
    'require',
    'fetch',
    'setTimeout',
    'WebAssembly',
    'Deno',
    'global',
    'module',
    'XMLHttpRequest',
    'std',
    'os',
    'Worker',
  ])('has no %s', async (name) => {
    expect(await run(`return typeof ${name}`)).toBe('undefined');
  });

  it('loads no module', async () => {
    expect(await failure('return import("node:fs").then(() => 1)')).toMatchObject({ code: 'code_error' });
    expect(await failure('import fs from "node:fs"; return 1')).toMatchObject({ code: 'code_error' });
    expect(await run('return (function () { return this; }).constructor("return typeof process")()')).toBe('undefined');
  });

  it('keeps nothing between runs', async () => {
    await run('globalThis.leak = 1; Object.prototype.leak = 2; Array.prototype.map = null; return 1;');
    expect(await run('return [typeof leak, ({}).leak ?? null, [1].map((x) => x)]')).toEqual(['undefined', null, [1]]);
  });

  it('stops a loop, even one that catches everything, and continues with the next run', async () => {
    const started = performance.now();
    expect(await failure('for (;;) {}', null, { timeoutMs: 100 })).toMatchObject({
      code: 'code_timeout',
      details: { timeoutMs: 100 },
    });
    expect(
      await failure('for (;;) { try { for (;;) {} } catch {} finally { continue; } }', null, { timeoutMs: 100 }),
    ).toMatchObject({ code: 'code_timeout' });
    expect(await failure('return (async () => { for (;;) await null; })()', null, { timeoutMs: 100 })).toMatchObject({
      code: 'code_timeout',
    });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await run('return 1')).toBe(1);
  });

  it('stops a pattern that backtracks for ever', async () => {
    expect(await failure('return /^(a+)+$/.test("a".repeat(40) + "b")', null, { timeoutMs: 200 })).toMatchObject({
      code: expect.stringMatching(/code_timeout|code_error/),
    });
    expect(await run('return 1')).toBe(1);
  });

  it.each([
    ['arrays', 'const a = []; for (;;) a.push(new Array(1000).fill(1));'],
    ['texts', 'let s = "x"; for (;;) s += s;'],
    ['buffers', 'const a = []; for (;;) a.push(new ArrayBuffer(1 << 20));'],
    ['objects', 'let o = {}; for (;;) o = { o, p: "x".repeat(1000) + Math.random() };'],
    ['one huge array', 'return new Array(1e9).fill(0).length'],
    ['a result', 'return "x".repeat(20e6)'],
  ])(
    'bounds memory: %s',
    async (_name, code) => {
      expect(await failure(code, null, { timeoutMs: 20_000 })).toMatchObject({
        code: expect.stringMatching(/code_memory|code_error/),
      });
      expect(await run('return 1')).toBe(1);
    },
    90_000,
  );

  it('reports exhausted memory as code_memory, not as a timeout', async () => {
    expect(
      await failure('const a = []; for (;;) a.push(new Array(1000).fill(1));', null, { timeoutMs: 20_000 }),
    ).toMatchObject({ code: 'code_memory' });
    expect(await failure('return input', 'x'.repeat(10_000_001))).toMatchObject({ code: 'code_memory' });
    expect(
      await failure('const a = []; for (;;) a.push(new Array(1000).fill(1));', null, {
        timeoutMs: 20_000,
        memoryMb: 4,
      }),
    ).toMatchObject({ code: 'code_memory' });
  }, 90_000);

  it('bounds recursion', async () => {
    expect(await failure('function f() { return f() + 1; } return f();')).toMatchObject({
      code: 'code_error',
      message: expect.stringContaining('calls itself endlessly'),
    });
    expect(
      await failure('let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a;', null, { timeoutMs: 5_000 }),
    ).toMatchObject({ code: 'code_error' });
    expect(await failure('const o = {}; o.o = o; return o;')).toMatchObject({ code: 'code_error' });
    expect(await run('return 1')).toBe(1);
  });

  it('returns the result of each of several concurrent runs', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        run('let n = 0; for (let i = 0; i < 1e5; i++) n += i % 3; return input', index, { timeoutMs: 10_000 }),
      ),
    );
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  }, 90_000);

  it('lets runs wait for a child, in order', async () => {
    const small = new ChildSandbox({ maxChildren: 1 });
    const order: unknown[] = [];
    // The first run works the longest: beside it, the others would end before it.
    const code = 'let n = 0; for (let i = 0; i < input; i++) n += i % 3; return input';
    await Promise.all(
      [2e6, 2, 1].map(async (loops) => order.push(await small.run(code, loops, { timeoutMs: 60_000 }))),
    );
    await small.close();
    expect(order).toEqual([2e6, 2, 1]);
  }, 90_000);

  it('stops a run whose signal aborts, running or waiting, and continues with the next run', async () => {
    const controller = new AbortController();
    const runs = Array.from({ length: 4 }, () =>
      failure('for (;;) {}', null, { timeoutMs: 60_000, signal: controller.signal }),
    );
    setTimeout(() => controller.abort(), 300);
    for (const result of await Promise.all(runs)) expect(result).toMatchObject({ code: 'aborted' });
    expect(await failure('return 1', null, { signal: AbortSignal.abort() })).toMatchObject({ code: 'aborted' });
    expect(await run('return 1')).toBe(1);
  }, 90_000);

  it('refuses input that is not JSON, too many waiting runs, and runs after it was closed', async () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(await failure('return 1', loop)).toMatchObject({ code: 'code_error' });
    const small = new ChildSandbox({ maxChildren: 1, maxWaiting: 1 });
    const first = small.run('return 1', null);
    const second = small.run('return 2', null);
    await expect(small.run('return 3', null)).rejects.toMatchObject({ code: 'busy' });
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    await small.close();
    await expect(small.run('return 1', null)).rejects.toMatchObject({ code: 'shutting_down' });
  }, 90_000);
});
