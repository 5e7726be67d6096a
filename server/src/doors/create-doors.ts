import type { AccountService } from '../auth/account.service.js';
import type { HeddleParts } from '../heddle/parts.js';
import type { Publishing } from '../publishing/create-publishing.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { DoorService } from './door.service.js';
import { ScheduleService } from './schedules/schedule.service.js';
import { HookService } from './webhooks/hook.service.js';
import { WebhookSender } from './webhooks/webhook-sender.js';
import { WebhookService } from './webhooks/webhook.service.js';

/** Ways in and out of published workflows, beside their own addresses. */
export interface Doors {
  readonly hooks: HookService;
  readonly webhooks: WebhookService;
  readonly schedules: ScheduleService;
  /** Begins what works by itself: only `serve` does this. */
  start(): void;
  stop(): Promise<void>;
}

/** Puts the doors together. */
export function createDoors({
  parts,
  workflows,
  publishing,
  accounts,
}: {
  readonly parts: HeddleParts;
  readonly workflows: WorkflowService;
  readonly publishing: Publishing;
  readonly accounts: AccountService;
}): Doors {
  const { clock, log, audit, stops, fetch, identity } = parts;
  const { store, outbox } = parts.doors;
  const { runs } = publishing;
  const doors = new DoorService({ store, audit, workflows, identity, clock });
  const sender = new WebhookSender({ outbox, store, runs, stops, audit, fetch, clock, log });
  const schedules = new ScheduleService({ doors, store, runs, clock, log });
  return {
    hooks: new HookService({ doors, store, runs, rates: accounts.rates, clock }),
    webhooks: new WebhookService({ doors, store, outbox, wake: () => sender.wake() }),
    schedules,
    start() {
      sender.start();
      schedules.start();
    },
    async stop() {
      await Promise.all([sender.stop(), schedules.stop()]);
    },
  };
}
