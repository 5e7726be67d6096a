import type { Clock } from '@heddle/core';

interface Use<Session> {
  readonly session: Session;
  readonly owner: string;
  /** The time of the last request or reply. */
  usedAt: number;
  /** How many requests have no reply yet, an open event stream included. */
  calls: number;
}

const dayMs = 86_400_000;

/**
 * The open sessions of clients. Beyond the limit, a session of the caller with the most sessions is closed, so that nobody can end sessions
 * of others by opening many. Of these sessions it is the one unused for longest, if possible one without a running call. A session that was
 * not used for a day is closed when the next one opens.
 *
 * @example const sessions = new OpenSessions(clock, 1000, (session) => session.close());
 */
export class OpenSessions<Session> {
  private readonly uses = new Map<string, Use<Session>>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly most: number,
    private readonly close: (session: Session) => void,
  ) {}

  get(id: string): Session | undefined {
    return this.uses.get(id)?.session;
  }

  add(id: string, owner: string, session: Session): void {
    const now = this.clock.now();
    for (const [other, { calls, usedAt }] of this.uses) if (calls === 0 && now - usedAt > dayMs) this.end(other);
    this.uses.set(id, { session, owner, usedAt: now, calls: 0 });
    while (this.uses.size > this.most) this.end(this.toEnd(id));
  }

  /** Counts a request of a session. Call the returned function when the request has ended. */
  use(id: string): () => void {
    const use = this.uses.get(id);
    if (use === undefined) return () => undefined;
    use.calls += 1;
    use.usedAt = this.clock.now();
    return () => {
      use.calls -= 1;
      use.usedAt = this.clock.now();
    };
  }

  /** Removes a session that its client ended. */
  remove(id: string): void {
    this.uses.delete(id);
  }

  private end(id: string): void {
    const use = this.uses.get(id);
    this.uses.delete(id);
    if (use !== undefined) this.close(use.session);
  }

  /** The session to close. It is not the new one, unless the caller with the most sessions has no other. */
  private toEnd(newest: string): string {
    const byOwner = new Map<string, [string, Use<Session>][]>();
    for (const entry of this.uses) byOwner.set(entry[1].owner, [...(byOwner.get(entry[1].owner) ?? []), entry]);
    const [busiest = []] = [...byOwner.values()].toSorted((one, other) => other.length - one.length);
    const rank = ([id, { calls }]: [string, Use<Session>]): number => (id === newest ? 2 : Math.sign(calls));
    const [first] = busiest.toSorted((one, other) => rank(one) - rank(other) || one[1].usedAt - other[1].usedAt);
    return first?.[0] ?? newest;
  }
}
