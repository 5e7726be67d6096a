/** The part of WebAssembly that the sandbox uses. Node's own types do not include it. */
declare global {
  namespace WebAssembly {
    class Memory {
      constructor(size: { initial: number; maximum: number });
      readonly buffer: ArrayBuffer;
    }
    class RuntimeError extends Error {}
  }
}

export {};
