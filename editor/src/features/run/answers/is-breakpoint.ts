/** Whether a request is the engine's own at a breakpoint, which any answer ends. */
export function isBreakpoint({
  title,
  schema,
}: {
  readonly title: string;
  readonly schema: Readonly<Record<string, unknown>>;
}): boolean {
  return Object.keys(schema).length === 0 && title.startsWith('Paused before ');
}
