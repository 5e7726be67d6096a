import { HeddleError } from '@heddle/core';
import type { QuickJSWASMModule } from 'quickjs-emscripten';
import { z } from 'zod';
import { serveCalls } from '../child/serve-calls.js';
import { outOfMemory } from './code-failure.js';
import { createEngine, runCode } from './run-code.js';

const Payload = z.object({ code: z.string(), input: z.string(), timeoutMs: z.number(), memoryMb: z.number() });

let engine: Promise<QuickJSWASMModule> | undefined = createEngine();

serveCalls({
  async run(payload) {
    engine ??= createEngine();
    const ready = await engine;
    try {
      return runCode(ready, Payload.parse(payload), workedMs);
    } catch (error) {
      if (error instanceof HeddleError && error.code !== 'code_memory') throw error;
      // The engine's memory never shrinks, and an engine that failed internally is not reused.
      engine = undefined;
      throw error instanceof HeddleError ? error : broken(error);
    }
  },
});

/** The CPU time of this thread in milliseconds, so that code gets its full time on a busy machine. */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** The error for a failure inside the WebAssembly engine, which gave no regular error. */
function broken(error: unknown): HeddleError {
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return new HeddleError('code_error', 'The code nests calls or data too deeply: make them flatter.');
  }
  const isMemory =
    error instanceof WebAssembly.RuntimeError || error instanceof RangeError || String(error).includes('memory');
  return isMemory
    ? outOfMemory()
    : new HeddleError('code_error', `The code could not be run: ${String(error).slice(0, 200)}`);
}
