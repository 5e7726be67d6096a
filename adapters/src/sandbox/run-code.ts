import { HeddleError } from '@heddle/core';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  RELEASE_SYNC,
  Scope,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
  type VmCallResult,
} from 'quickjs-emscripten';
// Types only: code that compiles this file gets them too.
import type {} from './web-assembly.js';
import { codeFailure, type VmFailure } from './code-failure.js';

/** 64 KiB each: 64 MB, the only bound that this engine's memory keeps. */
const pages = 1024;
/** Below the bound, so that most programs meet a clean error first. */
export const engineMemoryMb = 56;
/** Twice as much overflows the host's own stack. */
const stackBytes = 256 * 1024;
/** Longest JSON in or out, in characters. */
export const maxJsonLength = 10_000_000;

/** What a child runs: code with its input as JSON. */
export interface CodeRun {
  readonly code: string;
  readonly input: string;
  /** Measured with the clock that `runCode` is given. */
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

/** Makes an engine with memory of its own. The memory never shrinks: after an out-of-memory take a fresh one. */
export async function createEngine(): Promise<QuickJSWASMModule> {
  const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: pages });
  return newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory }));
}

/**
 * Runs code as the body of a function of `input`, in a runtime of its own. Returns its result as JSON text, or
 * undefined if it returns nothing. Errors: `code_error`, `code_timeout`, `code_memory`.
 */
export function runCode(
  engine: QuickJSWASMModule,
  { code, input, timeoutMs, memoryMb }: CodeRun,
  now: () => number,
): string | undefined {
  const deadline = now() + timeoutMs;
  let isInterrupted = false;
  // A handle that outlives its runtime aborts the engine: the scope frees every one, also after an error.
  return Scope.withScope((scope) => {
    const runtime = scope.manage(engine.newRuntime());
    runtime.setMemoryLimit(Math.min(memoryMb, engineMemoryMb) * 2 ** 20);
    runtime.setMaxStackSize(stackBytes);
    runtime.setInterruptHandler(() => {
      isInterrupted ||= now() > deadline;
      return isInterrupted;
    });
    const context = scope.manage(runtime.newContext());
    const inside: Inside = {
      scope,
      runtime,
      context,
      fail: (error) => {
        throw codeFailure(readFailure(inside, error), isInterrupted, timeoutMs);
      },
    };
    const call = valueOf(inside, context.evalCode(`(function (input) { "use strict"; ${code}\n})`, 'code.js'));
    const argument = callJson(inside, 'parse', scope.manage(context.newString(input)));
    const returned = valueOf(inside, context.callFunction(call, context.undefined, argument));
    const json = callJson(inside, 'stringify', settled(inside, returned));
    const text = context.typeof(json) === 'string' ? context.getString(json) : undefined;
    if (text !== undefined && text.length > maxJsonLength) {
      throw new HeddleError(
        'code_memory',
        `The code returns ${text.length} characters of JSON; ${maxJsonLength} are allowed: return less.`,
      );
    }
    return text;
  });
}

/** What the functions below work inside. */
interface Inside {
  readonly scope: Scope;
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  /** Throws what an error of the code becomes. */
  readonly fail: (error: QuickJSHandle) => never;
}

function callJson(inside: Inside, method: 'parse' | 'stringify', argument: QuickJSHandle): QuickJSHandle {
  const { scope, context } = inside;
  const json = scope.manage(context.getProp(context.global, 'JSON'));
  const called = scope.manage(context.getProp(json, method));
  return valueOf(inside, context.callFunction(called, json, argument));
}

/** Waits for a promise that the code returned: with nothing outside to wait for, it settles by its own jobs or never. */
function settled({ scope, context, runtime, fail }: Inside, returned: QuickJSHandle): QuickJSHandle {
  const before = context.getPromiseState(returned);
  if (before.type === 'fulfilled' && before.notAPromise === true) return returned;
  if (before.type === 'fulfilled') before.value.dispose();
  if (before.type === 'rejected') before.error.dispose();
  const jobs = runtime.executePendingJobs();
  if (jobs.error !== undefined) fail(scope.manage(jobs.error));
  jobs.dispose();
  const after = context.getPromiseState(returned);
  if (after.type === 'fulfilled') return scope.manage(after.value);
  if (after.type === 'rejected') return fail(scope.manage(after.error));
  throw new HeddleError(
    'code_error',
    'The code returns a promise that never settles: nothing outside can be waited for.',
  );
}

function valueOf({ scope, fail }: Inside, result: VmCallResult<QuickJSHandle>): QuickJSHandle {
  return result.error === undefined ? scope.manage(result.value) : fail(scope.manage(result.error));
}

/** Reads an error's fields one by one: what was thrown may be anything, also something whose getters throw. */
function readFailure({ scope, context }: Inside, error: QuickJSHandle): VmFailure {
  if (context.typeof(error) !== 'object') return { name: '', message: context.getString(error), stack: '' };
  const read = (name: string): string => {
    const field = scope.manage(context.getProp(error, name));
    return context.typeof(field) === 'string' ? context.getString(field) : '';
  };
  return { name: read('name'), message: read('message'), stack: read('stack') };
}
