/** Runs works of the same name one after the other, and works of different names in parallel. */
export interface NamedQueues {
  run<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
}

export function createNamedQueues(): NamedQueues {
  const last = new Map<string, Promise<unknown>>();
  return {
    run: (name, work) => {
      const result = (last.get(name) ?? Promise.resolve()).then(work);
      const settled = result.then(
        () => undefined,
        () => undefined, // The caller gets the error; the next work only waits for the end.
      );
      last.set(name, settled);
      void settled.then(() => {
        if (last.get(name) === settled) last.delete(name);
      });
      return result;
    },
  };
}
