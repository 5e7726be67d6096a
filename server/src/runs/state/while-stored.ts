const checkEveryMs = 1_000;

/** Waits for a commit. A run waits while the store has a fault; the caller gets the fault (`check` throws). */
export async function whileStored<Value>(commit: Promise<Value>, check: () => void): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const faulty = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      try {
        check();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }, checkEveryMs).unref();
  });
  try {
    return await Promise.race([commit, faulty]);
  } finally {
    clearInterval(timer);
  }
}
