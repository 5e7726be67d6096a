import type { EventsMessage, StreamEvent } from '@heddle/core';
import type { Namespace, Socket } from 'socket.io';

/** A batch, and the sockets that get it in this tick. */
interface Group {
  readonly namespace: Namespace;
  readonly message: EventsMessage & { readonly events: readonly StreamEvent[] };
  readonly sockets: string[];
}

/** Encodes a batch for many sockets once and sends it to all of them. Nothing waits longer than the tick. */
export class SocketFanOut {
  private group: Group | undefined;

  /** Sends a batch of a topic to a socket, together with other sockets that get the same array in this tick. */
  send({ nsp, id }: Pick<Socket, 'nsp' | 'id'>, topic: string, events: readonly StreamEvent[]): void {
    if (this.group?.message.events === events && this.group.message.topic === topic) {
      this.group.sockets.push(id);
      return;
    }
    this.flush();
    this.group = { namespace: nsp, message: { topic, events }, sockets: [id] };
    queueMicrotask(() => this.flush());
  }

  /** Sends the waiting batches. Must be called before anything else is sent to a socket, to keep the order. */
  flush(): void {
    const { group } = this;
    this.group = undefined;
    group?.namespace.to(group.sockets).emit('events', group.message);
  }
}
