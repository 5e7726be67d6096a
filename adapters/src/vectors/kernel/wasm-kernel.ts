import { kernelBytes } from './kernel-bytes.js';
import type { Kernel } from './kernel.js';

/** The part of WebAssembly's interface that is used here; Node's types do not declare it. */
interface WebAssemblyInterface {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** The exports of kernel.as. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  hamming: Kernel['hamming'];
  collect: Kernel['collect'];
  signs: Kernel['signs'];
  dots(
    list: number,
    count: number,
    query: number,
    base: number,
    chunkBytes: number,
    rowsAt: number,
    rowBytes: number,
    out: number,
  ): void;
}

const page = 65536;
let compiled: object | undefined;

// A global in every Node; missing only if it was switched off.
const { WebAssembly: webAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyInterface };

/** Creates the kernel in WebAssembly, with its own memory; undefined if this machine has no SIMD. */
export function createWasmKernel(): Kernel | undefined {
  const bytes = Buffer.from(kernelBytes, 'base64');
  if (webAssembly?.validate(bytes) !== true) return undefined;
  compiled ??= new webAssembly.Module(bytes);
  // kernel.as defines the exports of the module; kernel.spec.ts checks that both agree.
  const exports = new webAssembly.Instance(compiled).exports as Exports;
  return {
    buffer: () => exports.memory.buffer,
    reserve(bytes) {
      const missing = bytes - exports.memory.buffer.byteLength;
      // Grows by more than needed: each growth makes new views.
      if (missing > 0) exports.memory.grow(Math.ceil(missing / page) + 16);
    },
    hamming: (...values) => {
      exports.hamming(...values);
    },
    collect: (...values) => exports.collect(...values),
    signs: (...values) => {
      exports.signs(...values);
    },
    dots(list, count, query, { base, chunkBytes, rowsAt, rowBytes }, out) {
      exports.dots(list, count, query, base, chunkBytes, rowsAt, rowBytes, out);
    },
  };
}
