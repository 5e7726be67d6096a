import { steadySource } from '@heddle/core';
import type { CallerRights } from '../auth/rights/caller-rights.js';
import type { Identity } from '../auth/identity.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import type { Settings } from '../settings/settings-table.js';
import { createSenderAddress } from '../http/sender-address.js';
import { followConnection } from './follow-connection.js';
import { SocketAdmission } from './socket-admission.js';

/** Creates the limits for sockets from the settings. */
export function openAdmission({
  settings,
  identity,
  rights,
  clock,
}: {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly rights: CallerRights;
  readonly clock: TrustedClock;
}): SocketAdmission {
  return new SocketAdmission({
    identity,
    time: steadySource(clock),
    mostOfNobody: settings.anonymousSockets,
    mostOfOne: settings.principalSockets,
    patienceMs: settings.anonymousSeconds * 1_000,
    addressOf: createSenderAddress(settings.trustProxy),
    follow: (connection, principal, credentials) => void followConnection(rights, connection, principal, credentials),
  });
}
