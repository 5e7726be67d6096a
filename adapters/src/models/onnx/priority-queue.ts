/** Runs one piece of work at a time, urgent work first. */
interface PriorityQueue {
  run<Value>(isUrgent: boolean, work: () => Promise<Value>): Promise<Value>;
}

/** Creates a queue. @example await queue.run(true, () => embedQuery()) */
export function createPriorityQueue(): PriorityQueue {
  const waiting: { readonly urgent: (() => void)[]; readonly rest: (() => void)[] } = { urgent: [], rest: [] };
  let isBusy = false;
  const next = (): void => {
    const start = waiting.urgent.shift() ?? waiting.rest.shift();
    if (start === undefined) isBusy = false;
    else start();
  };
  return {
    async run(isUrgent, work) {
      if (isBusy) await new Promise<void>((resolve) => (isUrgent ? waiting.urgent : waiting.rest).push(resolve));
      isBusy = true;
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}
