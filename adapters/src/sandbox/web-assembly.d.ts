/** The part of the platform's WebAssembly that the sandbox uses; Node's own types leave it out. */
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
