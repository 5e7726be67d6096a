import type { Audit } from '@heddle/core';
import type { Log } from '../common/log.js';
import { learnSecretHosts, type HostSources } from './learn-hosts.js';

/**
 * Gives older secrets their hosts at the first start of a version that limits secrets to hosts, and records this in the audit log and the
 * log.
 */
export async function assignSecretHosts(sources: HostSources, audit: Audit, log: Log): Promise<void> {
  const cards = await learnSecretHosts(sources);
  if (cards.length === 0) return;
  await audit.write(
    cards.map(({ name, owner, hosts, uses, needsHost }) => ({
      kind: 'secret',
      who: 'heddle',
      subject: `secret:${name}`,
      details: { step: 'hosts learned', owner, hosts, uses, needsHost },
    })),
  );
  const names = cards.filter(({ needsHost }) => needsHost).map(({ name }) => name);
  if (names.length > 0)
    log.warn({ secrets: names }, 'Secrets are sent to addresses that only runs know: name their hosts.');
}
