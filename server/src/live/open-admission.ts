import { steadyFace } from '@heddle/core';
import type { Heddle } from '../heddle/heddle.js';
import { createSenderAddress } from '../http/sender-address.js';
import { followConnection } from './follow-connection.js';
import { SocketAdmission } from './socket-admission.js';

/** The bounds for sockets, as the settings of a Heddle say. */
export function openAdmission({ settings, identity, rights, clock }: Heddle): SocketAdmission {
  return new SocketAdmission({
    identity,
    time: steadyFace(clock),
    mostOfNobody: settings.anonymousSockets,
    mostOfOne: settings.principalSockets,
    patienceMs: settings.anonymousSeconds * 1_000,
    addressOf: createSenderAddress(settings.trustProxy),
    follow: (connection, principal, credentials) => void followConnection(rights, connection, principal, credentials),
  });
}
