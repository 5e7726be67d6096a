import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import OneRealmEnvironment from './environment.mjs';
import { onTestFailure } from './on-test-failure.mjs';

const projectConfig = { testEnvironmentOptions: {}, fakeTimers: {}, rootDir: '.' };

describe('the environment of spec files that share a realm', () => {
  it('undoes everything that a spec file set for itself', async () => {
    process.env['HEDDLE_SPEC_KEPT'] = 'as it was';
    const before = { console: globalThis.console, exit: Reflect.get(process, 'exit'), env: { ...process.env } };
    const environment = new OneRealmEnvironment({ projectConfig });
    try {
      await environment.setup();
      process.env['HEDDLE_SPEC_KEPT'] = 'changed';
      process.env['HEDDLE_SPEC_ADDED'] = 'added';
      delete process.env['PATH'];
      Reflect.set(process, 'exit', () => undefined);
      globalThis.console = Object.create(console);
    } finally {
      await environment.teardown();
    }
    expect({ ...process.env }).toEqual(before.env);
    expect(Reflect.get(process, 'exit')).toBe(before.exit);
    expect(globalThis.console).toBe(before.console);
    delete process.env['HEDDLE_SPEC_KEPT'];
  });

  it("starts a spec file without another file's settings of Jest", () => {
    const patience = Symbol.for('TEST_TIMEOUT_SYMBOL');
    const own: unknown = Reflect.get(globalThis, patience);
    try {
      Reflect.set(globalThis, patience, 1);
      new OneRealmEnvironment({ projectConfig });
      expect(Reflect.get(globalThis, patience)).toBeUndefined();
    } finally {
      Reflect.set(globalThis, patience, own);
    }
  });

  it("adds its spec file's description to the error of a failed test", async () => {
    const environment = new OneRealmEnvironment({ projectConfig });
    const nothing = { unhandledErrors: [] };
    const failed = new Error('not as expected');
    await environment.handleTestEvent({ name: 'test_fn_failure', error: failed }, nothing);
    expect(failed.stack).not.toContain('the page');
    onTestFailure(() => Promise.resolve('the page says 404'));
    await environment.handleTestEvent({ name: 'test_fn_failure', error: failed }, nothing);
    expect(failed.stack).toMatch(/^Error: not as expected[^]+\n\nthe page says 404$/);
    onTestFailure(() => Promise.reject(new Error('closed')));
    await environment.handleTestEvent({ name: 'test_fn_failure', error: failed }, nothing);
    expect(failed.stack).toContain('could not be described: Error: closed');
  });

  it('fails a spec file that leaves something open, but not one that closes it a moment later', async () => {
    const errorsOf = async (environment: OneRealmEnvironment): Promise<string[]> => {
      const unhandledErrors: Error[] = [];
      await environment.handleTestEvent({ name: 'run_finish' }, { unhandledErrors });
      return unhandledErrors.map(({ message }) => message);
    };
    const few = { ...projectConfig, testEnvironmentOptions: { checks: 10 } };
    const closing = new OneRealmEnvironment({ projectConfig: few });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    setTimeout(() => server.close(), 50).unref();
    expect(await errorsOf(closing)).toEqual([]);

    const leaving = new OneRealmEnvironment({ projectConfig: few });
    const timer = setInterval(() => undefined, 60_000);
    try {
      expect(await errorsOf(leaving)).toEqual([expect.stringContaining('leaves open: 1 Timeout.')]);
    } finally {
      clearInterval(timer);
    }
    expect(await errorsOf(leaving)).toEqual([]);
  });

  it('resolves our packages to their sources, and others as Node does', () => {
    expect(import.meta.resolve('@heddle/core')).toMatch(/\/core\/src\/index\.ts$/);
    expect(import.meta.resolve('./../../e2e/eventually.js')).toMatch(/\/tools\/e2e\/eventually\.ts$/);
    expect(import.meta.resolve('../order-specs.mjs')).toMatch(/\/tools\/testing\/order-specs\.mjs$/);
    expect(import.meta.resolve('zod')).toMatch(/\/node_modules\/zod\/index\.js$/);
  });
});
