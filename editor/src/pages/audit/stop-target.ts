/** The kind of a kill switch's target. */
export type StopKind = 'workflow' | 'tool' | 'connection' | 'all';

/** The target of a kill switch in the server's format; undefined where nothing was selected. */
export function stopTarget(kind: StopKind, name: string): string | undefined {
  if (kind === 'all') return 'all';
  return name.trim() === '' ? undefined : `${kind}:${name.trim()}`;
}
