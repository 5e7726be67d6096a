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
// Imports types only, so that they are also known where this file is compiled from another project.
import type {} from './web-assembly.js';
import { codeFailure, type VmFailure } from './code-failure.js';

/** 64 KiB each: 64 MB, the only hard limit of this engine's memory. */
const pages = 1024;
/** Below the hard limit, so that most programs fail with a regular error first. */
export const engineMemoryMb = 56;
/** Twice as much would overflow the stack of the host. */
const stackBytes = 256 * 1024;
/** The longest JSON of an input or result, in characters. */
export const maxJsonLength = 10_000_000;

/** The code to run, with its input as JSON. */
export interface CodeRun {
  readonly code: string;
  readonly input: string;
  /** By the clock that `runCode` receives. */
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

/** Creates an engine with its own memory. The memory never shrinks, so create a new engine after it ran out of memory. */
export async function createEngine(): Promise<QuickJSWASMModule> {
  const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: pages });
  return newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory }));
}

/**
 * Runs code as the body of a function of `input` in a new runtime. Returns its result as JSON, or undefined if it returns nothing. Errors:
 * `code_error`, `code_timeout`, `code_memory`.
 */
export function runCode(
  engine: QuickJSWASMModule,
  { code, input, timeoutMs, memoryMb }: CodeRun,
  now: () => number,
): string | undefined {
  const deadline = now() + timeoutMs;
  let isInterrupted = false;
  // A handle that outlives its runtime aborts the engine, so the scope frees every handle, even after an error.
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
        `The code returned ${text.length} characters of JSON; ${maxJsonLength} are allowed: return less.`,
      );
    }
    return text;
  });
}

/** The runtime of one run, and how it fails. */
interface Inside {
  readonly scope: Scope;
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  /** Throws the HeddleError for an error of the code. */
  readonly fail: (error: QuickJSHandle) => never;
}

function callJson(inside: Inside, method: 'parse' | 'stringify', argument: QuickJSHandle): QuickJSHandle {
  const { scope, context } = inside;
  const json = scope.manage(context.getProp(context.global, 'JSON'));
  const called = scope.manage(context.getProp(json, method));
  return valueOf(inside, context.callFunction(called, json, argument));
}

/** Resolves a promise that the code returned. There is nothing outside to wait for, so it settles through its own jobs or never. */
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
    'The code returns a promise that never settles: code cannot wait for anything outside the sandbox.',
  );
}

function valueOf({ scope, fail }: Inside, result: VmCallResult<QuickJSHandle>): QuickJSHandle {
  return result.error === undefined ? scope.manage(result.value) : fail(scope.manage(result.error));
}

/** Reads the fields of an error one by one. The code may throw anything, even an object with getters that throw. */
function readFailure({ scope, context }: Inside, error: QuickJSHandle): VmFailure {
  if (context.typeof(error) !== 'object') return { name: '', message: context.getString(error), stack: '' };
  const read = (name: string): string => {
    const field = scope.manage(context.getProp(error, name));
    return context.typeof(field) === 'string' ? context.getString(field) : '';
  };
  return { name: read('name'), message: read('message'), stack: read('stack') };
}
