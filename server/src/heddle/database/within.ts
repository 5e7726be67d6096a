/** Waits for work, but only for so long, so that an unreachable server does not delay the end of this process. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([late, work.catch(() => undefined)]);
  clearTimeout(timer);
}
