import { steadyFace } from '@heddle/core';
import type { Heddle } from '../heddle/heddle.js';
import { createSenderAddress } from '../http/sender-address.js';
import { SocketAdmission } from './socket-admission.js';

/** The bounds for sockets of nobody, as the settings of a Heddle say. */
export function openAdmission({ settings, identity, rights, clock }: Heddle): SocketAdmission {
  return new SocketAdmission({
    identity,
    time: steadyFace(clock),
    mostOfNobody: settings.anonymousSockets,
    patienceMs: settings.anonymousSeconds * 1_000,
    addressOf: createSenderAddress(settings.trustProxy),
    follow: (connection, principal, credentials) => {
      const stop = rights.watch({
        ...{ principal, credentials, check: () => undefined },
        onLost: () => connection.close(true),
      });
      connection.once('close', stop);
    },
  });
}
