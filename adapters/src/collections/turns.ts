/** Lets works of the same name go one after the other, and those of different names side by side. */
export interface Turns {
  run<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    run: (name, work) => {
      const turn = (last.get(name) ?? Promise.resolve()).then(work);
      const settled = turn.then(
        () => undefined,
        () => undefined, // the caller gets the error; the next in line only waits
      );
      last.set(name, settled);
      void settled.then(() => {
        if (last.get(name) === settled) last.delete(name);
      });
      return turn;
    },
  };
}
