/** Lets works of the same name go one after the other, and those of different names side by side. */
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
        () => undefined, // the caller gets the error; the next in line only waits
      );
      last.set(name, settled);
      void settled.then(() => {
        if (last.get(name) === settled) last.delete(name);
      });
      return result;
    },
  };
}
