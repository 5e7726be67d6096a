import { HeddleError, toHeddleError, WatchRequest, type EventsMessage, type WatchReply } from '@heddle/core';
import { Inject } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import type { Socket } from 'socket.io';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access } from '../http/access.js';
import { isSlow, socketSink, whenSent } from './socket-sink.js';
import { topicState } from './topic-state.js';

/** Most topics that one socket may watch. */
const mostTopics = 200;

/** The `/live` socket: maps topics to watchers, nothing else (design §9). */
@WebSocketGateway({ namespace: '/live' })
export class LiveGateway implements OnGatewayDisconnect<Socket> {
  private readonly watches = new Map<string, Map<string, () => void>>();

  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  handleDisconnect(socket: Socket): void {
    for (const stop of this.watches.get(socket.id)?.values() ?? []) stop();
    this.watches.delete(socket.id);
  }

  @SubscribeMessage('watch')
  @Access('run:read')
  async watch(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<WatchReply> {
    const request = WatchRequest.safeParse(body);
    if (!request.success)
      return refusal(
        new HeddleError('bad_request', 'Watch a topic such as run:ID, runs, jobs, models or workflow:ID.'),
      );
    const { topic, after = 0 } = request.data;
    try {
      const topics = this.watches.get(socket.id) ?? new Map<string, () => void>();
      if (topics.size >= mostTopics && !topics.has(topic))
        throw new HeddleError('too_many_requests', `A connection may watch ${mostTopics} topics.`);
      topics.get(topic)?.();
      topics.delete(topic);
      const stop = await this.begin(socket, topic, after);
      if (socket.disconnected) stop();
      else this.watches.set(socket.id, topics.set(topic, stop));
      return { ok: true, topic };
    } catch (error) {
      return refusal(error);
    }
  }

  @SubscribeMessage('unwatch')
  @Access('run:read')
  unwatch(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): WatchReply {
    const request = WatchRequest.safeParse(body);
    if (!request.success) return refusal(new HeddleError('bad_request', 'Name the topic to leave.'));
    this.leave(socket, request.data.topic);
    return { ok: true, topic: request.data.topic };
  }

  private leave(socket: Socket, topic: string): void {
    const topics = this.watches.get(socket.id);
    topics?.get(topic)?.();
    topics?.delete(topic);
  }

  private async begin(socket: Socket, topic: string, after: number): Promise<() => void> {
    if (!topic.startsWith('run:')) return this.watchState(socket, topic);
    const runId = topic.slice('run:'.length);
    await this.heddle.runs.summary(runId);
    return this.heddle.hub.watch(
      runId,
      after,
      socketSink(socket, topic, () => this.watches.get(socket.id)?.delete(topic)),
    );
  }

  /** A state topic: all of it first, then changes; a slow socket gets all of it again instead of every change. */
  private async watchState(socket: Socket, topic: string): Promise<() => void> {
    let isBehind = false;
    const sendAll = async (): Promise<void> => {
      isBehind = false;
      socket.emit('events', { topic, events: await topicState(this.heddle, topic) } satisfies EventsMessage);
    };
    const stop = this.heddle.topics.watch(topic, (states) => {
      if (isBehind) return;
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

function refusal(error: unknown): WatchReply {
  const known = toHeddleError(error);
  return { ok: false, error: { code: known.code, message: known.message } };
}
