/** What kind of thing is stopped. */
export type StopKind = 'workflow' | 'tool' | 'connection' | 'all';

/** The target of a stop as the server names it; undefined where nothing was chosen. */
export function stopTarget(kind: StopKind, name: string): string | undefined {
  if (kind === 'all') return 'all';
  return name.trim() === '' ? undefined : `${kind}:${name.trim()}`;
}
