export type KillSwitchKind = 'workflow' | 'tool' | 'connection' | 'all';

/** Returns the target of a kill switch in the server's format; undefined if nothing is selected. */
export function killSwitchTarget(kind: KillSwitchKind, name: string): string | undefined {
  if (kind === 'all') return 'all';
  return name.trim() === '' ? undefined : `${kind}:${name.trim()}`;
}
