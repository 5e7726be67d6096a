const checkEveryMs = 1_000;

/** Waits for a commit. If the store has a fault meanwhile, the run waits, but the caller gets the fault (`check` throws). */
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
