import { everything, healthOf, type HealthReply, type HealthSources, type HealthView } from './health.js';

/** The health of this Heddle. */
export class HealthService {
  constructor(private readonly sources: HealthSources) {}

  /** Reads the health as a caller may see it; the default is the view of the local user. */
  read(view: HealthView = everything): Promise<HealthReply> {
    return healthOf(this.sources, view);
  }
}
