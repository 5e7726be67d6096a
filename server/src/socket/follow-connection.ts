import type { Principal } from '@heddle/core';
import { setPrincipal } from '../auth/caller.js';
import type { CallerRights } from '../auth/rights/caller-rights.js';
import type { Credentials } from '../auth/identity.js';
import type { Connection } from './socket-admission.js';

/** The callbacks of one socket of a connection; they report changes in the rights of its owner. */
export interface RightsListener {
  /** Called with the present owner. */
  check(principal: Principal): void | Promise<void>;
  /** Called once, when the owner has lost their rights and right before the connection is closed. */
  onLost(): void;
}

/** A connection whose owner is checked repeatedly. */
interface Follower {
  readonly owner: string;
  readonly listeners: Set<RightsListener>;
  readonly stop: () => void;
}

const followers = new WeakMap<object, Follower>();

/** Closes a connection once its owner has lost their rights. Does nothing if the connection is already followed for the same owner. */
export function followConnection(
  rights: Pick<CallerRights, 'watch'>,
  connection: Connection,
  principal: Principal,
  credentials: Credentials,
): Follower {
  const known = followers.get(connection);
  if (known?.owner === principal.id) return known;
  known?.stop();
  const listeners = new Set<RightsListener>();
  const stop = rights.watch({
    principal,
    credentials,
    check: async (now) => {
      setPrincipal(connection, now);
      for (const listener of listeners) await listener.check(now);
    },
    onLost: () => {
      for (const listener of [...listeners]) listener.onLost();
      connection.close(true);
    },
  });
  connection.once('close', stop);
  const follower = { owner: principal.id, listeners, stop };
  followers.set(connection, follower);
  return follower;
}
