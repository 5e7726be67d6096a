import {
  DeletedRun,
  HeddleError,
  JobReply,
  RunSummary,
  WatchRequest,
  type KillSwitchesReply,
  type EventsMessage,
  type ModelHostState,
  type ModelState,
  type WatchReply,
} from '@heddle/core';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import type { Socket } from 'socket.io';
import { viewOf, type ProjectView } from '../auth/rights/project-view.js';
import { Ownership } from '../auth/rights/ownership.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { BatchService } from '../channels/batches/batch.service.js';
import { JobService } from '../jobs/job.service.js';
import { KillSwitchService, killSwitchTopic } from '../kill-switches/kill-switch.service.js';
import { shownKillSwitches } from '../kill-switches/shown-kill-switches.js';
import { ModelService } from '../models/model.service.js';
import { RunService } from '../runs/run.service.js';
import { WorkflowService } from '../workflows/workflow.service.js';
import { RunHub } from '../live/run-hub.js';
import { TopicHub } from '../live/topic-hub.js';
import { checkTopic } from './check-topic.js';
import { shownHosts, shownModels } from '../models/shown-models.js';
import { shownJob } from '../jobs/shown-job.js';
import { Access } from '../http/access.js';
import { toRequestError } from '../http/errors/error-reply.js';
import { isSlow, socketSink, whenSent } from './socket-sink.js';
import { RunState } from '../live/notify-removed.js';
import { SocketFanOut } from './socket-fan-out.js';
import { SocketWatches } from './socket-watches.js';
import { SocketRights } from './socket-rights.js';
import { liveNamespace } from './live-adapter.js';
import { topicState } from './topic-state.js';

/** The `/live` socket: connects topics with watchers, and does nothing else. */
@WebSocketGateway({ namespace: liveNamespace })
export class LiveGateway implements OnGatewayDisconnect<Socket> {
  private readonly watches = new Map<string, SocketWatches>();
  private readonly fanOut = new SocketFanOut();

  constructor(
    private readonly rights: SocketRights,
    private readonly runs: RunService,
    private readonly jobs: JobService,
    private readonly models: ModelService,
    private readonly workflows: WorkflowService,
    private readonly batches: BatchService,
    private readonly killSwitches: KillSwitchService,
    private readonly hub: RunHub,
    private readonly topics: TopicHub,
    private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
  ) {}

  handleDisconnect(socket: Socket): void {
    this.rights.forget(socket);
    this.watches.get(socket.id)?.close();
    this.watches.delete(socket.id);
  }

  @SubscribeMessage('watch')
  @Access('run:read')
  async watch(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<WatchReply> {
    const request = WatchRequest.safeParse(body);
    if (!request.success) {
      const message = 'Watch a topic such as run:ID, runs, jobs, models, kill-switches, workflow:ID or triggers:ID.';
      return refusal(new HeddleError('bad_request', message));
    }
    const { topic, after = 0 } = request.data;
    try {
      await checkTopic({ ownership: this.ownership, clock: this.clock }, socket, topic);
      this.rights.follow(socket, this.watchesOf(socket));
      await this.watchesOf(socket).add(topic, (onEnd) => this.begin(socket, topic, after, onEnd));
      return { ok: true, topic };
    } catch (error) {
      return refusal(error);
    }
  }

  @SubscribeMessage('unwatch')
  @Access('run:read')
  async unwatch(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<WatchReply> {
    const request = WatchRequest.safeParse(body);
    if (!request.success) return refusal(new HeddleError('bad_request', 'Name the topic to leave.'));
    await this.watchesOf(socket).remove(request.data.topic);
    return { ok: true, topic: request.data.topic };
  }

  private watchesOf(socket: Socket): SocketWatches {
    const known = this.watches.get(socket.id) ?? new SocketWatches();
    if (socket.connected) this.watches.set(socket.id, known);
    else known.close();
    return known;
  }

  private async begin(socket: Socket, topic: string, after: number, onEnd: () => void): Promise<() => void> {
    if (!topic.startsWith('run:')) return this.watchState(socket, topic);
    const runId = topic.slice('run:'.length);
    await this.runs.summary(runId);
    return this.hub.watch(runId, after, socketSink(socket, this.fanOut, topic, onEnd));
  }

  /**
   * Watches a topic of states: first sends all of them, then each change. If the socket is slow, sends all of them again instead of every
   * change.
   */
  private async watchState(socket: Socket, topic: string): Promise<() => void> {
    let isBehind = false;
    const shown = (states: readonly unknown[]): unknown[] => shownTo(viewOf(socket), topic)(states);
    const { runs, jobs, models, workflows, batches, killSwitches } = this;
    const sendAll = async (): Promise<void> => {
      isBehind = false;
      const events = shown(await topicState({ runs, jobs, models, workflows, batches, killSwitches }, topic));
      socket.emit('events', { topic, events } satisfies EventsMessage);
    };
    const stop = this.topics.watch(topic, (changed) => {
      const states = shown(changed);
      if (isBehind || states.length === 0) return;
      if (!isSlow(socket)) {
        socket.emit('events', { topic, events: states } satisfies EventsMessage);
        return;
      }
      isBehind = true;
      whenSent(socket, () => void sendAll().catch(() => undefined));
    });
    try {
      await sendAll();
      return stop;
    } catch (error) {
      stop();
      throw error;
    }
  }
}

/** Selects the states of a topic that a watcher may see: runs, jobs and kill switches of their projects. */
function shownTo(view: ProjectView | undefined, topic: string): (states: readonly unknown[]) => unknown[] {
  if (topic === 'runs') return (states) => states.flatMap((state) => shownRun(view, state));
  if (view === undefined) return (states) => [...states];
  if (topic === 'models') return (states) => states.map((state) => shownState(view, state as ModelTopicState));
  if (topic === killSwitchTopic)
    return (states) => states.map((state) => shownKillSwitches(view, state as KillSwitchesReply));
  if (topic !== 'jobs') return (states) => [...states];
  return (states) =>
    states.flatMap((state) => {
      const job = JobReply.safeParse(state).data;
      return job === undefined ? [] : (shownJob(view, job) ?? []);
    });
}

/** The type of `ModelService.state`. */
interface ModelTopicState {
  readonly models: readonly ModelState[];
  readonly hosts: readonly ModelHostState[];
}

function shownState(view: ProjectView, { models, hosts }: ModelTopicState): ModelTopicState {
  return { models: shownModels(view, models), hosts: shownHosts(view, hosts) };
}

/** For a removed run, sends only the fact that it is gone, without its owner. */
function shownRun(view: ProjectView | undefined, state: unknown): unknown[] {
  const run = RunState.safeParse(state).data;
  if (run === undefined || view?.showsRun(run) === false) return [];
  const deleted = DeletedRun.safeParse(run).data;
  if (deleted !== undefined) return [deleted];
  const summary = RunSummary.safeParse(state).data;
  return [summary === undefined || view === undefined ? state : view.summaryOf(summary)];
}

function refusal(error: unknown): WatchReply {
  const known = toRequestError(error);
  return { ok: false, error: { code: known.code, message: known.message } };
}
