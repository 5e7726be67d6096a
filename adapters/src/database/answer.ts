/** Runs synchronous work and returns its result or its error as a promise, as the ports require. */
export function answer<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
