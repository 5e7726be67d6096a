/**
 * Runs work and counts the ticks of the event loop until it ends. Work that never yields lets no tick pass.
 *
 * @example expect((await ticksDuring(() => readRows(content, 'a.csv'))).ticks).toBeGreaterThan(10);
 */
export async function ticksDuring<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly ticks: number }> {
  let ticks = 0;
  let isOver = false;
  const count = (): void => {
    if (isOver) return;
    ticks += 1;
    setImmediate(count);
  };
  setImmediate(count);
  try {
    const result = await work();
    return { result, ticks };
  } finally {
    isOver = true;
  }
}
