/** Gives what synchronous work returns or throws as a promise, as the ports ask for. */
export function answer<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
