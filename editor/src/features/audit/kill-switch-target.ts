/** The kind of a kill switch's target. */
export type KillSwitchKind = 'workflow' | 'tool' | 'connection' | 'all';

/** The target of a kill switch in the server's format; undefined where nothing was selected. */
export function killSwitchTarget(kind: KillSwitchKind, name: string): string | undefined {
  if (kind === 'all') return 'all';
  return name.trim() === '' ? undefined : `${kind}:${name.trim()}`;
}
