import type { EventsMessage, StreamEvent } from '@heddle/core';
import type { Namespace, Socket } from 'socket.io';

/** A batch, and the sockets that get it in this tick. */
interface Group {
  readonly namespace: Namespace;
  readonly message: EventsMessage & { readonly events: readonly StreamEvent[] };
  readonly sockets: string[];
}

/** Sends a batch for many sockets as one message that is encoded once; nothing waits longer than the tick. */
export class SocketFanOut {
  private group: Group | undefined;

  /** Sends a batch of a topic to a socket, together with the others that get the same array now. */
  send({ nsp, id }: Pick<Socket, 'nsp' | 'id'>, topic: string, events: readonly StreamEvent[]): void {
    if (this.group?.message.events === events && this.group.message.topic === topic) {
      this.group.sockets.push(id);
      return;
    }
    this.flush();
    this.group = { namespace: nsp, message: { topic, events }, sockets: [id] };
    queueMicrotask(() => this.flush());
  }

  /** Sends what waits, before anything else goes to a socket, to keep the order. */
  flush(): void {
    const { group } = this;
    this.group = undefined;
    group?.namespace.to(group.sockets).emit('events', group.message);
  }
}
