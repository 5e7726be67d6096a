/**
 * Does something, and counts the turns that the event loop made meanwhile: what never waits lets none by.
 *
 * @example expect((await turnsDuring(() => readRows(content, 'a.csv'))).turns).toBeGreaterThan(10);
 */
export async function turnsDuring<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly turns: number }> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    if (isOver) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  try {
    const result = await work();
    return { result, turns };
  } finally {
    isOver = true;
  }
}
