import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChildSandbox } from './child-sandbox.js';

/** A value in the environment, in a file and behind a loopback server: code that leaves the sandbox can show it. */
const canary = 'canary-7f3a91';
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-escapes-'));
const secretFile = path.join(folder, 'secret.txt');
const writtenFile = path.join(folder, 'written.txt');
const sandbox = new ChildSandbox();
let server: Server;
let hits = 0;
let address = '';

beforeAll(async () => {
  process.env['HEDDLE_ESCAPE_CANARY'] = canary;
  writeFileSync(secretFile, canary);
  server = createServer((_request, response) => {
    hits += 1;
    response.end(canary);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  delete process.env['HEDDLE_ESCAPE_CANARY'];
  await sandbox.close();
  server.close();
  rmSync(folder, { recursive: true });
});

/** `grab(x)` reads all it can through a global object, a module loader or a function that an idea has obtained. */
const prelude = (): string => `
  const grab = (found) => {
    const loot = [];
    const attempt = (act) => { try { loot.push(act()); } catch {} };
    for (const each of [found, globalThis]) {
      if (each === null || each === undefined) continue;
      attempt(() => each.process.env.HEDDLE_ESCAPE_CANARY);
      attempt(() => each.env.HEDDLE_ESCAPE_CANARY);
      attempt(() => each.process.getBuiltinModule('node:fs').readFileSync(${JSON.stringify(secretFile)}, 'utf8'));
      attempt(() => each.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(writtenFile)}, 'x'));
      attempt(() => each.require('node:fs').readFileSync(${JSON.stringify(secretFile)}, 'utf8'));
      attempt(() => each.std.loadFile(${JSON.stringify(secretFile)}));
      attempt(() => void each.fetch(${JSON.stringify(address)}).catch(() => {}));
    }
    return JSON.stringify(loot.filter((each) => each !== undefined)) ?? '';
  };
`;

/** Each idea with its outcome: a value, or the code of the error. */
const ideas: readonly (readonly [name: string, code: string, outcome: unknown])[] = [
  ['the process by name', 'return grab(typeof process === "undefined" ? null : process)', '[]'],
  ['the module loader', 'return grab({ require: typeof require === "undefined" ? null : require })', '[]'],
  [
    'an import that runs',
    'return import("node:fs").then((fs) => fs.readFileSync("/etc/passwd", "utf8"))',
    'code_error',
  ],
  ['an import that is declared', 'import fs from "node:fs"; return fs', 'code_error'],
  ['the engine’s own modules', 'return import("std").then((std) => grab({ std }))', 'code_error'],
  [
    'the end of the wrapping function',
    '}); globalThis.out = typeof process + typeof require; (function () { return globalThis.out;',
    'undefinedundefined',
  ],
  ['constructor.constructor of the input', 'return grab(input.constructor.constructor("return globalThis")())', '[]'],
  [
    'constructor.constructor of a list in the input',
    'return grab(input.list.constructor.constructor("return this")())',
    '[]',
  ],
  ['the constructor of async functions', 'return (async () => {}).constructor("return globalThis")().then(grab)', '[]'],
  [
    'the constructor of generators',
    'return grab((function* () {}).constructor("yield globalThis")().next().value)',
    '[]',
  ],
  ['eval that is not direct', 'return grab((0, eval)("this"))', '[]'],
  ['the caller of a function', 'return grab((function f() { return f.caller; })())', 'code_error'],
  ['arguments.callee.caller', 'return grab((function () { return arguments.callee.caller; })())', 'code_error'],
  ['a loose this', 'return grab(new Function("return this")())', '[]'],
  [
    'the frames of Error.prepareStackTrace',
    'Error.prepareStackTrace = (_e, frames) => frames; const s = new Error("x").stack; return typeof s === "string" ? "text" : grab([...s].map((f) => f.getThis?.()).find(Boolean))',
    expect.stringMatching(/^(text|\[\])$/),
  ],
  [
    'Error.captureStackTrace',
    'const o = {}; Error.captureStackTrace?.(o); return grab(o.stack?.[0]?.getFunction?.())',
    '[]',
  ],
  [
    'an error of the engine',
    'try { null.x } catch (error) { return grab(error.constructor.constructor("return globalThis")()) }',
    '[]',
  ],
  [
    'an overflow’s error',
    'const f = () => f() + 1; try { f() } catch (error) { return grab(error.constructor.constructor("return this")()) }',
    '[]',
  ],
  [
    'prototypes of what comes back',
    'return JSON.parse(\'{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}\')',
    expect.anything(),
  ],
  ['Object.prototype from inside', 'Object.prototype.polluted = 1; Array.prototype.polluted = 1; return {}', {}],
  ['a getter in what comes back', 'return { get a() { return grab(globalThis); } }', { a: '[]' }],
  [
    'a getter of __proto__',
    'return Object.defineProperty({}, "__proto__", { enumerable: true, get() { return { polluted: 1 }; } })',
    expect.anything(),
  ],
  [
    'a Proxy with traps in what comes back',
    'return new Proxy({}, { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }), get: (_target, key) => (key === "a" ? grab(globalThis) : undefined) })',
    { a: '[]' },
  ],
  [
    'a Proxy of the globals as this',
    'return grab(Reflect.apply(function () { return this; }, new Proxy(globalThis, {}), []))',
    '[]',
  ],
  ['toJSON that returns functions', 'return { toJSON: () => ({ f: grab, toJSON: grab, then: grab }) }', {}],
  [
    'JSON replaced',
    'JSON.stringify = () => ({ toString: () => grab(globalThis) }); JSON.parse = grab; return 1',
    undefined,
  ],
  [
    'Symbol.species',
    'class Own extends Array { static get [Symbol.species]() { return function (n) { return grab(this ?? globalThis); }; } } return grab(new Own(1).map((x) => x))',
    expect.stringMatching(/^\[\]$|^code_error$/),
  ],
  [
    'Symbol.toPrimitive and hasInstance',
    'const o = { [Symbol.toPrimitive]: grab, [Symbol.hasInstance]: grab }; return `${o}` + String({} instanceof Object)',
    '[]true',
  ],
  [
    'a thenable instead of a promise',
    'return { then(resolve, reject) { resolve(grab(resolve.constructor("return globalThis")())); } }',
    {},
  ],
  ['a promise that never settles', 'return new Promise(() => {})', 'code_error'],
  ['a Promise replaced', 'globalThis.Promise = class { then(f) { f(grab(f)); } }; return new Promise()', {}],
  ['a loop without an end', 'for (;;) {}', 'code_timeout'],
  ['jobs without an end', 'return (async () => { for (;;) await null; })()', 'code_timeout'],
  [
    'memory',
    'const all = []; for (;;) all.push(new Array(1e4).fill(all.length));',
    expect.stringMatching(/^code_(?:memory|error)$/),
  ],
  ['a huge text', 'return "x".repeat(2 ** 29)', expect.stringMatching(/^code_(?:memory|error)$/)],
  ['deep recursion', 'return (function f(n) { return f(n + 1) + 1; })(0)', 'code_error'],
  ['WebAssembly', 'return grab(typeof WebAssembly === "undefined" ? null : WebAssembly)', '[]'],
  [
    'shared memory',
    'const shared = new SharedArrayBuffer(8); Atomics.wait(new Int32Array(shared), 0, 0); return 1',
    'code_error',
  ],
  [
    'timers',
    'return typeof setTimeout + typeof setInterval + typeof setImmediate + typeof queueMicrotask',
    expect.stringMatching(/^(undefined){3}/),
  ],
  [
    'every name of the globals',
    'return Object.getOwnPropertyNames(globalThis).filter((name) => /^(process|require|module|global|Buffer|fetch|XMLHttpRequest|WebSocket|Worker|Deno|Bun|std|os|bjs|scriptArgs|print|console|postMessage|importScripts)$/.test(name))',
    [],
  ],
  [
    'a finaliser that runs outside',
    'if (typeof FinalizationRegistry === "undefined") return "[]"; new FinalizationRegistry(grab).register({}, globalThis); return grab(null)',
    '[]',
  ],
  ['line breaks that end a comment', 'return 1 // \u2028 ; }); globalThis.process', 'code_error'],
];

async function outcomeOf(code: string): Promise<unknown> {
  try {
    return await sandbox.run(prelude() + code, { list: [1], text: 'x' }, { timeoutMs: 2_000 });
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}

describe('the sandbox', () => {
  it('is tested with code that does escape from node:vm', async () => {
    const asked = once(server, 'request');
    const code = ideas.find(([name]) => name === 'constructor.constructor of the input')?.[1] ?? '';
    const run = runInNewContext(`(function (input) { ${prelude()} ${code} })`) as (input: unknown) => unknown;
    expect(run({ list: [1] })).toContain(canary);
    expect(existsSync(writtenFile)).toBe(false);
    await asked;
    expect(hits).toBe(1);
  });

  it.each(ideas)(
    'contains: %s',
    async (_name, code, outcome) => {
      const before = hits;
      const result = await outcomeOf(code);
      expect(JSON.stringify(result) ?? '').not.toContain(canary);
      expect(result).toEqual(outcome);
      expect('polluted' in {}).toBe(false);
      expect('polluted' in []).toBe(false);
      expect(existsSync(writtenFile)).toBe(false);
      expect(await sandbox.run('return typeof polluted + typeof out + input.a', { a: 1 })).toBe('undefinedundefined1');
      expect(hits).toBe(before);
    },
    60_000,
  );
});
