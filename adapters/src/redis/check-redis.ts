import { HeddleError } from '@heddle/core';

/** The oldest version with all commands that the queue uses. */
const oldest = [6, 2] as const;

/** Checks the reply to `INFO`, and refuses a server that could lose hints or is read-only. Errors: `queue_unsuitable`. */
export function checkRedis(info: string, host: string): void {
  const facts = new Map(
    info.split(/\r?\n/).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    }),
  );
  const refuse = (reason: string): never => {
    throw new HeddleError('queue_unsuitable', `Redis at ${host} cannot be used. ${reason}`);
  };
  const version = facts.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
    refuse(`It has version ${version}: Heddle needs Redis ${oldest.join('.')} or newer, or Valkey.`);
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    refuse(
      `Its maxmemory-policy is ${policy}, so that it may remove hints and locks: set maxmemory-policy noeviction in its configuration.`,
    );
  if (facts.get('role') === 'slave') refuse('It is a replica: name the primary server.');
  if (facts.get('cluster_enabled') === '1')
    refuse('It is a node of a Redis Cluster: name a server that is not part of one.');
}
