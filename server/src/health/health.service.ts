import { HeddleError } from '@heddle/core';
import { everything, healthOf, type HealthReply, type HealthSources, type HealthView } from './health.js';

/** The health of this Heddle. */
export class HealthService {
  constructor(private readonly sources: HealthSources) {}

  /** Whether requests can be answered now. Errors: `shutting_down`, `storage_*`, `database_*`. */
  checkReady(): void {
    const { queue, parts } = this.sources;
    if (queue.isStopping) throw new HeddleError('shutting_down', 'The server is stopping.');
    parts.storage.check();
  }

  /** Reads the health as a caller may see it; the default is the view of the local user. */
  read(view: HealthView = everything): Promise<HealthReply> {
    return healthOf(this.sources, view);
  }
}
