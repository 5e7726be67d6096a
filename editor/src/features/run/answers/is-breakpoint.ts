/** Whether a request is a breakpoint. The engine creates such requests itself, and any answer continues the run. */
export function isBreakpoint({
  title,
  schema,
}: {
  readonly title: string;
  readonly schema: Readonly<Record<string, unknown>>;
}): boolean {
  return Object.keys(schema).length === 0 && title.startsWith('Paused before ');
}
