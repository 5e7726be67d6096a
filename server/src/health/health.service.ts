import { HeddleError } from '@heddle/core';
import { everything, healthOf, type HealthReply, type HealthSources, type HealthView } from './health.js';

export class HealthService {
  constructor(private readonly sources: HealthSources) {}

  /** Throws if requests cannot be answered now. Errors: `shutting_down`, `storage_*`, `database_*`. */
  checkReady(): void {
    const { queue, parts } = this.sources;
    if (queue.isStopping) throw new HeddleError('shutting_down', 'The server is stopping.');
    parts.storage.check();
  }

  /** Reads the health as a caller may see it, by default as the local user does. */
  read(view: HealthView = everything): Promise<HealthReply> {
    return healthOf(this.sources, view);
  }
}
