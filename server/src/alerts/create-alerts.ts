import type { SigningFetch } from '@heddle/adapters/fetch';
import type { LeasedPart } from '@heddle/adapters/leases';
import type { IdentityStores } from '@heddle/adapters/identity';
import type {
  AbStore,
  AlertStore,
  Audit,
  Clock,
  MonitorStore,
  RatingsSource,
  RollupStore,
  RunScoreStore,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import type { Lazy } from '../common/lazy.js';
import type { Log } from '../common/log.js';
import type { SecretAccess } from '../secrets/secret-access.js';
import type { Settings } from '../settings/settings-table.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { AlertSender } from './alert-sender.js';
import { AlertService } from './alert.service.js';
import { AlertWatcher } from './alert-watcher.js';

interface AlertsDependencies {
  readonly settings: Pick<Settings, 'publicUrl' | 'fetchAllow'>;
  readonly alertStore: AlertStore;
  readonly rollups: RollupStore;
  readonly ratings: RatingsSource;
  readonly scores: RunScoreStore;
  readonly monitors: MonitorStore;
  readonly ab: AbStore;
  readonly ownership: Ownership;
  readonly identity: IdentityStores;
  readonly workflows: WorkflowService;
  readonly secretAccess: SecretAccess;
  readonly audit: Audit;
  readonly fetch: Lazy<SigningFetch>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The alert service, and the background work of alerts in a server. */
export interface Alerts extends LeasedPart {
  readonly service: AlertService;
  readonly watcher: AlertWatcher;
  readonly sender: AlertSender;
}

/** Creates the parts of alerts. */
export function createAlerts({
  settings,
  alertStore: store,
  secretAccess: secrets,
  ...others
}: AlertsDependencies): Alerts {
  const sources = { ...others, store, secrets, publicUrl: settings.publicUrl, allowedHosts: settings.fetchAllow };
  const sender = new AlertSender(sources);
  const watcher = new AlertWatcher({ ...sources, wake: () => sender.wake() });
  return {
    service: new AlertService(sources),
    watcher,
    sender,
    start(held) {
      sender.start(held);
      watcher.start();
    },
    check: () => sender.wake(),
    async stop() {
      await Promise.all([watcher.stop(), sender.stop()]);
    },
  };
}
